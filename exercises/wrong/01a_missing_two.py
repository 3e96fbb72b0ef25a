"""The 2 of the square's derivative is left out: the slope of d^2 is 2 d.

fails at: dprediction (mse:B1), dtarget (mse:B2)
cause: wrong_scale
"""

from minilora.ops.mse import mse_forward


def mse_backward(dL, cache, needs=None):
    (difference,) = cache
    dprediction = dL * difference / difference.size       # (B1)
    dtarget = -dprediction           # (B2)
    return dprediction, dtarget
