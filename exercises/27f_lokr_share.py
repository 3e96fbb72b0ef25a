"""How much of a given change each shape of Delta W can hold: the best fit's share of its squared norm, in closed form.

    T: (out, in), the change wanted   T_hat: the nearest matrix of the shape   share = norm_F(T_hat)^2 / norm_F(T)^2
    W = U S V^T: the frozen matrix, where the shape is built on it

    LoRA-XS, SVFT   (R1)  share = sum of (U^T T V)^2 over the trained places / norm_F(T)^2
    LoKr            (R2)  share = ...
                    (R3)  T~[i c + j, k d + l] = ...

LoRA-XS trains the first r rows and columns between U and V, SVFT a band. In (R1) Delta W is linear in what is trained, so that
T_hat is a projection of T. In (R2) every C kron D is a matrix of rank one in T~, whose best fit is Eckart and Young's (Van Loan
and Pitsianis 1993), as is that of rank r to T itself: by truncation:S3 its share is the first r sigma_i(T)^2 over them all.

Exercise 27f, lesson 27: What a Kronecker product can hold of a change.
Write lokr_share. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 27f       tests this file
    minilora exercise hint 27f        one hint more, each time
"""

from minilora.lowrank import singular_values


def low_rank_share(T, r):
    """The share of rank r (LoRA, AdaLoRA): a float from 0 to 1."""
    energy = singular_values(T) ** 2
    return float(energy[:r].sum() / energy.sum())


def lokr_share(T, a, c):
    """The share of C kron D: a float from 0 to 1. C: (a, c), divisors of out and in. D: (b, d), what is left of them."""
    # (R3)  T~[i c + j, k d + l] =
    # (R2)  share =
    raise NotImplementedError("27f: write lokr_share")
