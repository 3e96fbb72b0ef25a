"""Multiplied by the root of l, P gives S_w itself: it makes the scatter longer where it is long.

fails at: P P^T (lda:L4)
cause: a factor instead of a divisor
"""

from minilora import backend


def whitening(S_w, ridge=0.0):
    xp, n = backend.get_array_module(S_w), len(S_w)
    l, Q = xp.linalg.eigh(S_w + (ridge / n) * S_w.trace() * xp.eye(n))
    return Q * xp.sqrt(l)  # (L4)
