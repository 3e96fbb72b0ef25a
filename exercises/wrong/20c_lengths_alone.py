"""Each column is divided by the squared length of its row of A: the rows are not orthogonal, so all of A A^T counts.

fails at: g (lora_fa:F1)
cause: the diagonal alone
"""

import numpy as np


def projected_gradient(dB, A, s):
    return dB / (A * A).sum(axis=1) / s**2                     # (F1)
