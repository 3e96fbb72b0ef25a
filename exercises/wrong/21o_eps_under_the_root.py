"""eps is added under the root. It is added to the root.

fails at: W (projected:F3)
cause: eps at another place
"""

import numpy as np


def projected_step(W, G, P, m, v, t, lr, kappa=1.0, beta1=0.9, beta2=0.999, eps=1e-8):
    R = P.T @ G                                                         # (F1)
    m = beta1 * m + (1 - beta1) * R
    v = beta2 * v + (1 - beta2) * R * R
    N = lr * kappa * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps)           # (F2)
    W = W - P @ N                                                       # (F3)
    return W, m, v
