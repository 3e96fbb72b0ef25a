"""Rows of Q are divided. Its columns are the eigenvectors, so each column has its own l.

fails at: P P^T (lda:L4)
cause: the other axis
"""

from minilora import backend


def whitening(S_w, ridge=0.0):
    xp, n = backend.get_array_module(S_w), len(S_w)
    l, Q = xp.linalg.eigh(S_w + (ridge / n) * S_w.trace() * xp.eye(n))
    return Q / xp.sqrt(l)[:, None]  # (L4)
