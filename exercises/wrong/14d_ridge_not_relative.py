"""The ridge is added as it is. It is relative to the mean of the diagonal, tr S_w / n.

fails at: P P^T (lda:L4)
cause: another unit
"""

from minilora import backend


def whitening(S_w, ridge=0.0):
    xp, n = backend.get_array_module(S_w), len(S_w)
    l, Q = xp.linalg.eigh(S_w + ridge * xp.eye(n))
    return Q / xp.sqrt(l)  # (L4)
