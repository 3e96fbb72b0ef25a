"""The Frobenius norm over the spectral norm: the root of the stable rank. Both norms are squared.

fails at: stable rank (ranks:K2)
cause: a root too many
"""

from minilora.lowrank.truncation import singular_values


def stable_rank(W):
    sigma = singular_values(W)
    return float((sigma**2).sum() ** 0.5 / sigma[0]) if sigma[0] > 0 else 0.0       # (K2)
