"""k is divided by the number of codes on both sides together. Those above zero alone reach from 0 to a.

fails at: w_hat (quantize:Q3)
cause: both sides counted
"""

from minilora.quantize import spread


def absmax_values(k, a, bits, block):
    return spread(a, block, k.shape[-1]) * (k / (2**bits - 1))  # (Q3)
