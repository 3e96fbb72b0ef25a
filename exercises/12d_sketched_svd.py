"""The first r singular triplets from a random sketch: Halko, Martinsson and Tropp, "Finding structure with randomness" (2011).

    W: (m, n)   Omega: (n, l), standard normal   Q: (m, l), orthonormal columns   l = r + oversample

    (R1)  Q    =  ...
    (R2)  Q    =  ...
    (R3)  W   ~=  ...

The cost is 2 q + 2 products with W, O(m n l), where the full SVD costs O(m n min(m, n)). With p = oversample at least 2,

    (R4)  E norm_2(W - Q Q^T W)  <=  (1 + sqrt(r / (p - 1)) + e sqrt(l) / p sqrt(min(m, n) - r))^(1 / (2 q + 1)) sigma_(r+1)

(their Corollary 10.10; `sketch_bound` is what stands before sigma_(r+1)), and cutting the result back to rank r adds at most
sigma_(r+1). Where the spectrum falls slowly, as that of weights does, the power passes (R2) are what makes it accurate. They are
orthonormalised at each half step: without that, in floating point, every column would turn into u_1.

Exercise 12d, lesson 12: The decomposition from a random sketch.
Write sketched_svd. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 12d       tests this file
    minilora exercise hint 12d        one hint more, each time
"""

from minilora import backend


def sketched_svd(W, Omega, rank, n_iter=2):
    """U (m, rank), sigma (rank,) falling, V^T (rank, n), from a sketch Omega (n, l) that is given, l at least `rank`.

    Nothing is left to chance here. n_iter: the power passes q.
    """
    # (R1)  Q =
    # (R2)  Q =
    # (R3)  W =
    raise NotImplementedError("12d: write sketched_svd")


def _orthonormal(Y):
    Q, _ = backend.get_array_module(Y).linalg.qr(Y)
    return Q
