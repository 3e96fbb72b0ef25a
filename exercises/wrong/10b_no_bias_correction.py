"""m and v are used as they are. They started at zero, so their weights sum to 1 - beta^t and not to 1: divide by that.

fails at: p (steps:F5)
cause: the bias of a mean that starts at zero
"""

import numpy as np


def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    m = beta1 * m + (1 - beta1) * g                         # (F3)
    v = beta2 * v + (1 - beta2) * g * g                     # (F4)
    m_corrected = m
    v_corrected = v
    decayed = p - lr * weight_decay * p                     # (F6)
    p = decayed - lr * m_corrected / (np.sqrt(v_corrected) + eps)           # (F5)
    return p, m, v
