"""The first half of the row is paired with the second. Neighbours lie in one byte.

fails at: byte (quantize:Q7)
cause: other pairs
"""

from minilora.quantize import cut


def pack(codes):
    row = cut(codes, 2).reshape(*codes.shape[:-1], -1)
    half = row.shape[-1] // 2
    return row[..., :half] << 4 | row[..., half:]  # (Q7)
