"""A A^T is left out, as if A's rows were orthonormal. They have lengths, and angles between them.

fails at: g (lora_fa:F1)
cause: no inverse
"""

import numpy as np


def projected_gradient(dB, A, s):
    return dB / s**2                                           # (F1)
