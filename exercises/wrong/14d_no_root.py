"""Divided by l itself. P stands on both sides of S_w, so each of the two takes a root.

fails at: P P^T (lda:L4)
cause: a root forgotten
"""

from minilora import backend


def whitening(S_w, ridge=0.0):
    xp, n = backend.get_array_module(S_w), len(S_w)
    l, Q = xp.linalg.eigh(S_w + (ridge / n) * S_w.trace() * xp.eye(n))
    return Q / l  # (L4)
