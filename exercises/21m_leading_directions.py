"""Adam in a projected space: full tuning of W with the moments of a thin matrix. GaLore and Flora differ in the projection.

    W, G = dL/dW: (short, long), which is (out, in), or its transpose where out > in   P: (short, r)   R, m, v, N: (r, long)

    (F1)  R = P^T G
    (F2)  N = lr kappa m' / (sqrt(v') + eps)                Adam's step on R, with R's own m and v (steps:F3 to steps:F5)
    (F3)  W = W - P N

P is drawn at the first step and again after every K further ones:

    GaLore   (F4)  P = ...
    Flora    (F5)  P = independent normal(0, 1/r), so that E[P P^T] = I      Hao et al. 2024, arXiv 2402.03293
             (F6)  m = 0, while v stays: all rows of R have the same mean square whichever P is drawn

Between two draws W changes within the span of P, so by rank r at most; after k draws by up to k r. A matrix costs
2 r long + r short values, where Adam's moments are 2 long short.

Flora's paper compresses the momentum; keeping Adam's second moment in the projected space too, (F2), is a choice of this code.
The paper carries the momentum over, as P^T P_old m. That is right in the mean, since E[P P^T] = I, but longer by a factor of
about sqrt(short / r) each time, which Adam's division by sqrt(v) lets through; so m starts anew here.

Exercise 21m, lesson 21: GaLore's projection.
Write leading_directions. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 21m       tests this file
    minilora exercise hint 21m        one hint more, each time
"""

from minilora import lowrank


def leading_directions(G, r):
    """P, (short, r): the left singular vectors of G, (short, long), that belong to its r largest singular values."""
    # (F4)  P =
    raise NotImplementedError("21m: write leading_directions")
