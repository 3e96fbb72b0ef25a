"""The sum of sigma over the largest (the nuclear norm over the spectral). The stable rank takes squares on both sides.

fails at: stable rank (ranks:K2)
cause: not squared
"""

from minilora.lowrank.truncation import singular_values


def stable_rank(W):
    sigma = singular_values(W)
    return float(sigma.sum() / sigma[0]) if sigma[0] > 0 else 0.0           # (K2)
