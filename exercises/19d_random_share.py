"""Does Delta W strengthen what W already does, or something else? The amplification factor of the LoRA paper.

    W, Delta W: (d1, d2)   U_r: (d1, r), V_r: (d2, r): the first r singular vectors of a matrix, by falling singular value

    (A1)  share of W in r directions  =  norm_F(U_r^T W V_r)
    (A2)  amplification               =  norm_F(Delta W) / norm_F(U_r^T W V_r),   U_r and V_r of Delta W
    (A3)  in W's own directions       =  sqrt(sum over i <= r  sigma_i(W)^2),  the most that r directions can hold
    (A4)  in random directions        =  ...

(A1), (A2): Hu et al. 2021, arXiv 2106.09685, section 7.3. (A4) is the root of the mean of norm_F(U_r^T W V_r)^2 for independent
random orthonormal U_r and V_r: E U_r U_r^T = (r / d1) I and E V_r V_r^T = (r / d2) I, so the mean is r^2 norm_F(W)^2 / (d1 d2).
A large factor says that Delta W works where W does little; it means something only beside (A3) and (A4).

Exercise 19d, lesson 19: What random directions hold of a matrix.
Write random_share. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 19d       tests this file
    minilora exercise hint 19d        one hint more, each time
"""

import math


def random_share(norm, r, d1, d2):
    """What r random directions hold of a matrix (d1, d2) of this Frobenius norm, in the root of the mean square (A4): a float.

    ValueError unless r is from 1 to min(d1, d2).
    """
    # (A4)  in random directions =
    raise NotImplementedError("19d: write random_share")
