"""One scale for each row, written into each of its blocks. Then a single large value spoils its whole row.

fails at: a (quantize:Q1)
cause: the row for the block
"""

import numpy as np


def block_scales(W, block):
    blocks = -(-W.shape[-1] // block)
    return np.repeat(abs(W).max(axis=-1, keepdims=True), blocks, axis=-1)  # (Q1)
