"""The levels alone, between -1 and 1. Each must be multiplied by its block's scale.

fails at: w_hat (quantize:Q3)
cause: the scale left out
"""

from minilora.quantize import Q


def absmax_values(k, a, bits, block):
    return k / Q[bits]  # (Q3)
