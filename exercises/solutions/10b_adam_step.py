"""One step of an optimiser as the papers write it: pure functions, new arrays. The sweeps of `optimizers` give the same.

    p: parameter   g: its gradient   m, v: moments, zero before the first step   t: number of the step, from 1
    all of one shape, all products elementwise

    SGD    (F1)  m = momentum m + g                                         Polyak 1964
           (F2)  p = p - lr m
    Adam   (F3)  m = beta1 m + (1 - beta1) g                                Kingma & Ba 2015, algorithm 1
           (F4)  v = beta2 v + (1 - beta2) g^2
           (F5)  p = decayed - lr m' / (sqrt(v') + eps)                     m' = m / (1 - beta1^t), v' = v / (1 - beta2^t)
    AdamW  (F6)  decayed = p - lr weight_decay p                            Loshchilov & Hutter 2019: decoupled from m and v
"""

from minilora import backend


def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """p, m and v after step t of Adam, t = 1, 2, ...; of AdamW with a weight_decay above 0."""
    xp = backend.get_array_module(p)
    m = beta1 * m + (1 - beta1) * g                         # (F3)
    v = beta2 * v + (1 - beta2) * g * g                     # (F4)
    m_corrected = m / (1 - beta1**t)
    v_corrected = v / (1 - beta2**t)
    decayed = p - lr * weight_decay * p                     # (F6)
    p = decayed - lr * m_corrected / (xp.sqrt(v_corrected) + eps)           # (F5)
    return p, m, v
