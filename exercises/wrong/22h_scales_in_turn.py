"""The scales are dealt out in turn, one value each. Neighbours share one: the first `block` values have the first scale.

fails at: w_hat (quantize:Q3)
cause: in turn for in blocks
"""

import numpy as np

from minilora.quantize import Q


def absmax_values(k, a, bits, block):
    return np.tile(a, block)[..., : k.shape[-1]] * (k / Q[bits])  # (Q3)
