"""How much of a given change each shape of Delta W can hold: the best fit's share of its squared norm, in closed form.

    T: (out, in), the change wanted   T_hat: the nearest matrix of the shape   share = norm_F(T_hat)^2 / norm_F(T)^2
    W = U S V^T: the frozen matrix, where the shape is built on it

    LoRA-XS, SVFT   (R1)  share = ...
    LoKr            (R2)  share = sigma_1(T~)^2 / norm_F(T)^2
                    (R3)  T~[i c + j, k d + l] = T[i b + k, j d + l]                  for C: (a, c), D: (b, d)

LoRA-XS trains the first r rows and columns between U and V, SVFT a band. In (R1) Delta W is linear in what is trained, so that
T_hat is a projection of T. In (R2) every C kron D is a matrix of rank one in T~, whose best fit is Eckart and Young's (Van Loan
and Pitsianis 1993), as is that of rank r to T itself: by truncation:S3 its share is the first r sigma_i(T)^2 over them all.

Exercise 27e, lesson 27: What LoRA-XS or SVFT can hold of a change.
Write share_between. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 27e       tests this file
    minilora exercise hint 27e        one hint more, each time
"""

from minilora.lowrank import svd


def share_between(T, W, places):
    """The share of U M V^T with M free at `places`, booleans (k, k), and zero elsewhere: a float from 0 to 1."""
    # (R1)  share =
    raise NotImplementedError("27e: write share_between")
