"""The cut comes before the step. The gradient has full rank, so the result has too.

fails at: W (iterative:I1)
cause: the bound holds a moment too early
"""

from minilora import lowrank


def thresholded_step(W, G, eta, r):
    return lowrank.truncate(W, r) - eta * G  # (I1)
