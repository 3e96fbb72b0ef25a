"""lam is left out of the slope. The forward multiplies by it.

fails at: dW (penalties:B1)
cause: wrong_scale
"""

from minilora.backend import get_array_module
from minilora.ops.penalties import l1_penalty_forward


def l1_penalty_backward(dL, cache, needs=None):
    W, lam = cache
    return (dL * get_array_module(W).sign(W),)     # (B1)
