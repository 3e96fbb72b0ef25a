"""dlogP is divided by the number of all rows, n counts those that are not ignored.

fails at: dlogits (cross_entropy:B5)
cause: wrong_scale
"""

import numpy as np

from minilora.ops.cross_entropy import cross_entropy_steps_forward


def cross_entropy_steps_backward(dL, cache, needs=None):
    E, S, ids, keep, n, shape = cache
    dlogP = np.zeros_like(E)
    dlogP[np.arange(len(ids)), ids] = -dL / len(ids) * keep     # (B1)
    dS = -dlogP.sum(axis=-1, keepdims=True) / S         # (B2)
    dE = np.broadcast_to(dS, E.shape)                   # (B3)
    dz = dlogP + dE * E                                 # (B4)
    return (dz.reshape(shape),)                         # (B5)
