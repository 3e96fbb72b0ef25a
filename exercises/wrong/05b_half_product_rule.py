"""dx is dy Phi, as if the gate were a constant. Phi depends on x too: the term x phi is missing.

fails at: dx (gelu:B1)
cause: missing_term
"""

from minilora.ops.gelu import gelu_erf_forward


def gelu_erf_backward(dy, cache, needs=None):
    x, Phi = cache
    return (dy * Phi,)                                  # (B1)
