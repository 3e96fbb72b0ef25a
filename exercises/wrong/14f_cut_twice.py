"""W and the gradient are cut each for itself. The cut of a sum is not the sum of cuts.

fails at: W (iterative:I1)
cause: two cuts for one
"""

from minilora import lowrank


def thresholded_step(W, G, eta, r):
    return lowrank.truncate(W, r) - eta * lowrank.truncate(G, r)  # (I1)
