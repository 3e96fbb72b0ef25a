"""Counts the directions that hold a share of the largest one. What is asked is how many hold it together.

fails at: energy rank (ranks:K3)
cause: not added up
"""

from minilora.lowrank.truncation import singular_values


def energy_rank(W, share=0.9):
    sigma = singular_values(W)
    return int((sigma**2 >= (1 - share) * sigma[0] ** 2).sum()) if sigma[0] > 0 else 0      # (K3)
