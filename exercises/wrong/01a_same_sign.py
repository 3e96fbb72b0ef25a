"""dtarget has the sign of dprediction. If the target grows, the difference shrinks.

fails at: dtarget (mse:B2)
cause: sign_flip
"""

from minilora.ops.mse import mse_forward


def mse_backward(dL, cache, needs=None):
    (difference,) = cache
    dprediction = dL * 2 / difference.size * difference       # (B1)
    dtarget = dprediction           # (B2)
    return dprediction, dtarget
