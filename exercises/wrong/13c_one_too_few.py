"""Counts the sums that are still below the share. One more direction is needed to reach it.

fails at: energy rank (ranks:K3)
cause: off by one
"""

from minilora.lowrank.truncation import singular_values


def energy_rank(W, share=0.9):
    sigma = singular_values(W)
    energy = (sigma**2).cumsum()
    return int((energy < share * energy[-1]).sum())                         # (K3)
