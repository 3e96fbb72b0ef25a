"""The gradient of a sum of squares. The forward takes a mean, so each entry counts 1/n.

fails at: dprediction (mse:B1), dtarget (mse:B2)
cause: missing_mean
"""

from minilora.ops.mse import mse_forward


def mse_backward(dL, cache, needs=None):
    (difference,) = cache
    dprediction = dL * 2 * difference       # (B1)
    dtarget = -dprediction           # (B2)
    return dprediction, dtarget
