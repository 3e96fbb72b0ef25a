"""The opponent goes down: the examples are made easier.

fails at: L (adversarial:C1), dw (adversarial:C1)
cause: a sign
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.attacks import along


def linear_fgm(X, y, w, delta):
    clean, g, dw = logistic(X, y, w)
    moved, _, dw_moved = logistic(X - along(g, delta), y, w)
    return clean + moved, dw + dw_moved             # (C1)
