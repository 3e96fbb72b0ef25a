"""x is multiplied by the smaller side: s^2 = sigma^2 p x, with p the larger one.

fails at: median (noise:N6)
cause: the wrong side
"""

import numpy as np
from scipy.optimize import brentq


def middle(beta):
    root = np.sqrt(beta)

    def share(t):
        turned = np.arctan((1 - root) / (1 + root) * np.tan(t / 2))
        return ((1 + beta) * t - 2 * root * np.sin(t) - 2 * (1 - beta) * turned) / (2 * np.pi * beta)  # (N6)

    return brentq(lambda t: share(t) - 0.5, 0, np.pi, xtol=1e-15)


def noise_median(m, n):
    q, beta = min(m, n), min(m, n) / max(m, n)
    return np.sqrt(q * (1 + beta + 2 * np.sqrt(beta) * np.cos(middle(beta))))
