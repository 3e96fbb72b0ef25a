"""Each coordinate is cut at delta. That is the nearest point of a cube, most of whose corners lie beyond the ball.

fails at: P(r) (attacks:M5)
cause: a cube for a ball
"""

import numpy as np


def into_ball(r, delta):
    return np.clip(r, -delta, delta)  # (M5)
