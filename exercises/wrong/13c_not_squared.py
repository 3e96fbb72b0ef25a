"""The share is one of the sum of sigma. Energy is the sum of squares.

fails at: energy rank (ranks:K3)
cause: not squared
"""

from minilora.lowrank.truncation import singular_values


def energy_rank(W, share=0.9):
    sigma = singular_values(W)
    if sigma[0] == 0:
        return 0
    return int(1 + (sigma.cumsum() < share * sigma.sum()).sum())            # (K3)
