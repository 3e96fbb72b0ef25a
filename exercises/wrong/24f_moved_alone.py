"""It trains on the moved examples alone; (C1) keeps those as they are beside them.

fails at: L (adversarial:C1), dw (adversarial:C1)
cause: a term left out
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.attacks import along


def linear_fgm(X, y, w, delta):
    _, g, _ = logistic(X, y, w)
    L, _, dw = logistic(X + along(g, delta), y, w)  # (C1)
    return L, dw
