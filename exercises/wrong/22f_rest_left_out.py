"""Only whole blocks get a scale. What is left at the end of a row is a block as well, a shorter one.

fails at: a (quantize:Q1)
cause: the last block left out
"""


def block_scales(W, block):
    whole = W.shape[-1] // block * block
    return abs(W[..., :whole]).reshape(*W.shape[:-1], -1, block).max(axis=-1)  # (Q1)
