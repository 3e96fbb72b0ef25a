"""All examples share one length: each moves less than delta. The length is one for each.

fails at: L (adversarial:C1), dw (adversarial:C1)
cause: one norm for the batch
"""

import numpy as np

from minilora.experiments.systems.adversarial import logistic


def linear_fgm(X, y, w, delta):
    clean, g, dw = logistic(X, y, w)
    r = delta * g / np.linalg.norm(g)
    moved, _, dw_moved = logistic(X + r, y, w)
    return clean + moved, dw + dw_moved             # (C1)
