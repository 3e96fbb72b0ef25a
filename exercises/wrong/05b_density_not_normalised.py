"""phi lacks its 1 / sqrt(2 pi). The density of a standard normal integrates to 1, and Phi' is this density.

fails at: dx (gelu:B1)
cause: the constant of the density
"""

import math

from minilora.backend import get_array_module
from minilora.ops.gelu import gelu_erf_forward


def gelu_erf_backward(dy, cache, needs=None):
    x, Phi = cache
    phi = get_array_module(x).exp(-0.5 * x * x)
    return (dy * (Phi + x * phi),)                      # (B1)
