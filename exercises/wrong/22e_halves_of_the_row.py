"""All high halves come first, then all low ones. The two codes of a byte are neighbours.

fails at: codes (quantize:Q8)
cause: other pairs
"""

import numpy as np


def unpack(packed, n):
    pairs = np.concatenate([packed >> 4, packed & 15], axis=-1)  # (Q8)
    return pairs.reshape(*packed.shape[:-1], -1)[..., :n]
