"""Adam in a projected space: full tuning of W with the moments of a thin matrix. GaLore and Flora differ in the projection.

    W, G = dL/dW: (short, long), which is (out, in), or its transpose where out > in   P: (short, r)   R, m, v, N: (r, long)

    (F1)  R = P^T G
    (F2)  N = lr kappa m' / (sqrt(v') + eps)                Adam's step on R, with R's own m and v (steps:F3 to steps:F5)
    (F3)  W = W - P N

P is drawn at the first step and again after every K further ones:

    GaLore   (F4)  P = U_r of G = U S V^T; m and v stay as they are         Zhao et al. 2024, arXiv 2403.03507
    Flora    (F5)  P = independent normal(0, 1/r), so that E[P P^T] = I      Hao et al. 2024, arXiv 2402.03293
             (F6)  m = 0, while v stays: all rows of R have the same mean square whichever P is drawn

Between two draws W changes within the span of P, so by rank r at most; after k draws by up to k r. A matrix costs
2 r long + r short values, where Adam's moments are 2 long short.

Flora's paper compresses the momentum; keeping Adam's second moment in the projected space too, (F2), is a choice of this code.
The paper carries the momentum over, as P^T P_old m. That is right in the mean, since E[P P^T] = I, but longer by a factor of
about sqrt(short / r) each time, which Adam's division by sqrt(v) lets through; so m starts anew here.
"""

import math

from minilora import backend


def projected_step(W, G, P, m, v, t, lr, kappa=1.0, beta1=0.9, beta2=0.999, eps=1e-8):
    """W, m and v after step t of Adam on P^T G, t = 1, 2, ...: new arrays. W, G: (short, long); m, v: (r, long).

    kappa: what the projected step is multiplied by, beside lr.
    """
    R = P.T @ G                                                         # (F1)
    m = beta1 * m + (1 - beta1) * R
    v = beta2 * v + (1 - beta2) * (R * R)
    c = math.sqrt(1 - beta2**t)                                         # sqrt(v') = sqrt(v) / c
    N = lr * kappa * c / (1 - beta1**t) * (m / (backend.get_array_module(v).sqrt(v) + c * eps))     # (F2)
    W = W - P @ N                                                       # (F3)
    return W, m, v
