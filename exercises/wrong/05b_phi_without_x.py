"""dx is dy (Phi + phi). The second term of the product rule is x times the derivative of the gate.

fails at: dx (gelu:B1)
cause: the x before phi
"""

import math

from minilora.backend import get_array_module
from minilora.ops.gelu import gelu_erf_forward


def gelu_erf_backward(dy, cache, needs=None):
    x, Phi = cache
    phi = get_array_module(x).exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))
    return (dy * (Phi + phi),)                          # (B1)
