"""The zero matrix gets 1. It uses no direction at all: 0.

fails at: energy rank (ranks:K3)
cause: the zero matrix
"""

from minilora.lowrank.truncation import singular_values


def energy_rank(W, share=0.9):
    sigma = singular_values(W)
    energy = (sigma**2).cumsum()
    return int(1 + (energy < share * energy[-1]).sum())                     # (K3)
