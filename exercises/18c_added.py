"""Several adapters as one: the weighted sum of their changes of W, by their factors or by its SVD.

    adapter i: s_i B_i A_i   w_i: its weight   D = sum over i  w_i s_i B_i A_i   e_i = sqrt(abs(w_i s_i))

    share    (C4)  A_i', B_i' = e_i A_i, sign(w_i s_i) e_i B_i:    B_i' A_i' = w_i s_i B_i A_i;    below, all are shared
    cat      (C1)  A = [A_1; A_2; ...],  B = [B_1, B_2, ...]:    B A = D, of the sum of the ranks
    linear   (C2)  A = ...
             (C5)  cross terms of 1 and 2 = ...
    svd      (C3)  A, B = of the best matrix of rank r, balanced:    norm_F(B A - D)^2 = sum over i > r  sigma_i^2

The best matrix of a product B A of rank R needs no (out, in) matrix: with B = Q_B R_B and A^T = Q_A R_A the product is
Q_B (R_B R_A^T) Q_A^T, and the (R, R) matrix between the Qs, whose columns are orthonormal, has all its singular values.
An adapter that starts away from zero, s (B A - B0 A0), has the factors [A; A0] and [B, -B0], and so twice the rank.

Exercise 18c, lesson 18: Adding factors, and what that adds besides.
Write added. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 18c       tests this file
    minilora exercise hint 18c        one hint more, each time
"""


def added(A1, B1, A2, B2):
    """A and B of the rank that both have, and their cross terms (out, in): B A = B1 A1 + B2 A2 + cross terms."""
    # (C5)  cross terms of 1 and 2 =
    # (C2)  A =
    raise NotImplementedError("18c: write added")
