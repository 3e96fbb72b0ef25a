"""The first r singular triplets from a random sketch: Halko, Martinsson and Tropp, "Finding structure with randomness" (2011).

    W: (m, n)   Omega: (n, l), standard normal   Q: (m, l), orthonormal columns   l = r + oversample

    (R1)  Q    =  orth(W Omega)             the sketch: W's large directions survive a random mixture of its columns
    (R2)  Q    =  orth(W orth(W^T Q))       again, q times: a pass multiplies every ratio sigma_i / sigma_1 by its square
    (R3)  W   ~=  Q (Q^T W)                 a small matrix (l, n), whose exact SVD is cheap

The cost is 2 q + 2 products with W, O(m n l), where the full SVD costs O(m n min(m, n)). With p = oversample at least 2,

    (R4)  E norm_2(W - Q Q^T W)  <=  ...

(their Corollary 10.10; `sketch_bound` is what stands before sigma_(r+1)), and cutting the result back to rank r adds at most
sigma_(r+1). Where the spectrum falls slowly, as that of weights does, the power passes (R2) are what makes it accurate. They are
orthonormalised at each half step: without that, in floating point, every column would turn into u_1.

Exercise 12f, lesson 12: How good a random sketch is at least.
Write sketch_bound. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 12f       tests this file
    minilora exercise hint 12f        one hint more, each time
"""

import math


def sketch_bound(r, p, q, k):
    """How many times sigma_(r+1) the mean error of a sketch is at most: r + p columns, p >= 2, q power passes, k = min(m, n)."""
    # (R4)  E norm_2(W - Q Q^T W) =
    raise NotImplementedError("12f: write sketch_bound")
