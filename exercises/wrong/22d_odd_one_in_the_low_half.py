"""With an odd number of codes the zero is put before the row. It belongs after its last code.

fails at: byte (quantize:Q7)
cause: padded in front
"""

import numpy as np


def pack(codes):
    if codes.shape[-1] % 2:
        codes = np.concatenate([np.zeros_like(codes[..., :1]), codes], axis=-1)
    return codes[..., ::2] << 4 | codes[..., 1::2]  # (Q7)
