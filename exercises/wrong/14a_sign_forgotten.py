"""Every entry is pushed down by lam. A negative one has the slope -lam: it is pushed up.

fails at: dW (penalties:B1)
cause: wrong signs at some entries
"""

from minilora.backend import get_array_module
from minilora.ops.penalties import l1_penalty_forward


def l1_penalty_backward(dL, cache, needs=None):
    W, lam = cache
    return (dL * lam * get_array_module(W).ones_like(W),)     # (B1)
