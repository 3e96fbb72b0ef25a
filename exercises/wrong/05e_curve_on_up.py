"""y is gate silu(up). The curve belongs to the gate.

fails at: y (swiglu:F1)
cause: the curve on the wrong factor
"""

from minilora.ops import swiglu


def swiglu_forward(gate, up):
    return swiglu.swiglu_forward(up, gate)              # (F1)


def swiglu_backward(dy, cache, needs=None):
    dup, dgate = swiglu.swiglu_backward(dy, cache)      # (B1) (B2)
    return dgate, dup
