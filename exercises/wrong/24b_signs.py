"""The signs alone. They are the step of a ball whose coordinates are bounded one by one, and longer than delta here.

fails at: r (attacks:M2)
cause: another ball
"""

import numpy as np


def along(g, delta):
    return delta * np.sign(g)  # (M2)
