"""The decay is added to the gradient (L2). There v divides it by the gradient's size; decoupled decay acts on p alone.

fails at: p (steps:F5), m (steps:F3), v (steps:F4)
cause: coupled decay
"""

import numpy as np


def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    g = g + weight_decay * p
    m = beta1 * m + (1 - beta1) * g                         # (F3)
    v = beta2 * v + (1 - beta2) * g * g                     # (F4)
    m_corrected = m / (1 - beta1**t)
    v_corrected = v / (1 - beta2**t)
    decayed = p                                                                  # (F6)
    p = decayed - lr * m_corrected / (np.sqrt(v_corrected) + eps)           # (F5)
    return p, m, v
