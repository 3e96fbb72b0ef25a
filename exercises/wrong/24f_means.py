"""The two losses are averaged; (C1) adds them.

fails at: L (adversarial:C1), dw (adversarial:C1)
cause: a half too much
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.attacks import along


def linear_fgm(X, y, w, delta):
    clean, g, dw = logistic(X, y, w)
    moved, _, dw_moved = logistic(X + along(g, delta), y, w)
    return (clean + moved) / 2, (dw + dw_moved) / 2     # (C1)
