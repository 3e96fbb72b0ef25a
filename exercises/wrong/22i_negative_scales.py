"""A scale may come out below zero, and would turn the signs of all that it scales. It is 0 then.

fails at: a (quantize:Q6)
cause: negative scales
"""

from minilora.quantize import absmax_values


def scales_from_8_bits(k, outer, mean):
    return absmax_values(k, outer, 8, 256) + mean  # (Q6)
