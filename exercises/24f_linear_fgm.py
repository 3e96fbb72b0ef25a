"""Article C: the output shifted by a constant and called adversarial; and adversarial training as it is published.

    as described        L = -mean log(min(p_target + eps, 1)),  eps = .1              full tuning; shifted_cross_entropy:F1 to F3
    FGM           (C1)  L = ...

x are the embeddings of the text. The shift is the same whatever the gradient is: there is no opponent in it. In C1 the opponent
is the gradient; its step costs a second forward and backward. What is adapted, and whether against an opponent, are two
choices, and each pair of them can be had.

Exercise 24f, lesson 24: A linear model against FGM.
Write linear_fgm. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 24f       tests this file
    minilora exercise hint 24f        one hint more, each time
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
    # (C1)  L =
    raise NotImplementedError("24f: write linear_fgm")
