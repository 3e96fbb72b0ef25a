"""Q = 2^(bits - 1), 128 or 8. The largest value of a block would need the code 128, which int8 does not have.

fails at: k (quantize:Q4)
cause: another Q
"""

import numpy as np

from minilora.quantize import _relative


def absmax_codes(W, a, bits, block):
    return np.rint(_relative(W, a, block) * 2 ** (bits - 1)).astype("int16")  # (Q4)
