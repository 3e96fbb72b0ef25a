"""The step is divided by v', a mean of squares. Its root has the size of a gradient.

fails at: p (steps:F5)
cause: the root left out
"""

import numpy as np


def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    m = beta1 * m + (1 - beta1) * g                         # (F3)
    v = beta2 * v + (1 - beta2) * g * g                     # (F4)
    m_corrected = m / (1 - beta1**t)
    v_corrected = v / (1 - beta2**t)
    decayed = p - lr * weight_decay * p                     # (F6)
    p = decayed - lr * m_corrected / (v_corrected + eps)           # (F5)
    return p, m, v
