"""The speeds are base^(-j/D). With D/2 pairs the exponent is -2j/D, so that it runs from 0 to nearly -1.

fails at: y (rope:F2)
cause: the exponent of the speeds
"""

from minilora.ops import rope


def rope_forward(x, positions, base=10000.0, interleaved=False):
    return rope.rope_forward(x, positions, base**0.5, interleaved)      # (F1) (F2)


rope_backward = rope.rope_backward
