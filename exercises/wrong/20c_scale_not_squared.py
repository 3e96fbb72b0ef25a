"""It is divided by s, not by s squared: dB has one s, and a step of B is multiplied by another on its way to W.

fails at: g (lora_fa:F1)
cause: one power of s too few
"""

import numpy as np


def projected_gradient(dB, A, s):
    return np.linalg.solve(A @ A.T, dB.T).T / s                # (F1)
