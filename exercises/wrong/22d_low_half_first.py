"""The first code goes into the low half of the byte. It belongs into the high one.

fails at: byte (quantize:Q7)
cause: halves swapped
"""

from minilora.quantize import cut


def pack(codes):
    padded = cut(codes, 2)
    return padded[..., 0] | padded[..., 1] << 4  # (Q7)
