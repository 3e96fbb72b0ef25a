"""One length for the whole batch. Each example has a ball of its own, or one with a large gradient takes all of it.

fails at: r (attacks:M2)
cause: the norm of all examples
"""

import numpy as np


def along(g, delta):
    return delta * g / max(np.sqrt((g * g).sum()), 1e-30)  # (M2)
