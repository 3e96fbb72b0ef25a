"""The low half of the byte comes first. The first code lies in the high one.

fails at: codes (quantize:Q8)
cause: halves swapped
"""

import numpy as np


def unpack(packed, n):
    pairs = np.stack([packed & 15, packed >> 4], axis=-1)  # (Q8)
    return pairs.reshape(*packed.shape[:-1], -1)[..., :n]
