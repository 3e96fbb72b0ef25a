"""dB is multiplied by A A^T where it must be multiplied by its inverse.

fails at: g (lora_fa:F1)
cause: not inverted
"""

import numpy as np


def projected_gradient(dB, A, s):
    return dB @ (A @ A.T) / s**2                               # (F1)
