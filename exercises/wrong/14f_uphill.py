"""The step is along the gradient. Descent goes against it.

fails at: W (iterative:I1)
cause: the wrong direction
"""

from minilora import lowrank


def thresholded_step(W, G, eta, r):
    return lowrank.truncate(W + eta * G, r)  # (I1)
