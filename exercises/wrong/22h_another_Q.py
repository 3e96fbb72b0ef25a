"""k is divided by 128 or 8. It was made with 127 or 7: then k = Q stands for a itself.

fails at: w_hat (quantize:Q3)
cause: another Q
"""

from minilora.quantize import spread


def absmax_values(k, a, bits, block):
    return spread(a, block, k.shape[-1]) * (k / 2 ** (bits - 1))  # (Q3)
