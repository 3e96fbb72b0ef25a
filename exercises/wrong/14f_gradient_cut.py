"""The gradient is cut instead of the result. Two matrices of rank r add up to rank 2 r.

fails at: W (iterative:I1)
cause: the cut of a part
"""

from minilora import lowrank


def thresholded_step(W, G, eta, r):
    return W - eta * lowrank.truncate(G, r)  # (I1)
