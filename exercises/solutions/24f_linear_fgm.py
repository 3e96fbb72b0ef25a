"""Article C: the output shifted by a constant and called adversarial; and adversarial training as it is published.

    as described        L = -mean log(min(p_target + eps, 1)),  eps = .1              full tuning; shifted_cross_entropy:F1 to F3
    FGM           (C1)  L = L(x) + L(x + r),  r by M2 and M4 of attacks, a constant   full tuning, or LoRA

x are the embeddings of the text. The shift is the same whatever the gradient is: there is no opponent in it. In C1 the opponent
is the gradient; its step costs a second forward and backward. What is adapted, and whether against an opponent, are two
choices, and each pair of them can be had.
"""

import numpy as np
from scipy.special import expit

from minilora.experiments.systems.attacks import along


def logistic(X, y, w):
    """L, dL/dX and dL/dw of a linear model: the mean of log(1 + exp(-y X w)). X: (n, d). y: (n,), -1 or 1. w: (d,)."""
    m = y * (X @ w)
    slope = -y * expit(-m) / len(y)
    return float(np.logaddexp(0, -m).mean()), np.outer(slope, w), slope @ X


def linear_fgm(X, y, w, delta):
    """(C1) for a linear model, and its gradient: L, a Python float, and dw (d,). The rest is as in `logistic`."""
    clean, g, dw = logistic(X, y, w)
    moved, _, dw_moved = logistic(X + along(g, delta), y, w)
    L = clean + moved  # (C1)
    return L, dw + dw_moved
