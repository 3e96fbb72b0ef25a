"""Phi is (1 + erf(x)) / 2. A standard normal has erf(x / sqrt(2)).

fails at: y (gelu:F2)
cause: erf at another scale
"""

from minilora.backend import erf
from minilora.ops.gelu import gelu_erf_backward


def gelu_erf_forward(x):
    Phi = 0.5 * (1 + erf(x))                            # (F1)
    y = x * Phi                                         # (F2)
    return y, (x, Phi)
