"""The second gradient is that of the examples as they are. It is to be taken where the loss is: at x + r.

fails at: dw (adversarial:C1)
cause: a gradient at the wrong place
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.attacks import along


def linear_fgm(X, y, w, delta):
    clean, g, dw = logistic(X, y, w)
    moved, _, _ = logistic(X + along(g, delta), y, w)
    return clean + moved, dw + dw                   # (C1)
