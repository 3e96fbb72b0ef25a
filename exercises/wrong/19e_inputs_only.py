"""Only the inputs are cut to the directions of the change. What W sends from them to other outputs then counts as well.

fails at: amplification (amplification:A2), share of W in r directions (amplification:A1)
cause: one side left out
"""

from math import sqrt

from minilora.lowrank.amplification import random_share
from minilora.lowrank.truncation import singular_values, svd


def amplification(W, delta, r):
    U, _, Vt = svd(delta)
    size, own = norm(delta), norm(W @ Vt[:r].T)
    return size / own, size, own, norm(singular_values(W)[:r]), random_share(norm(W), r, *W.shape)


def norm(M):
    return sqrt((M * M).sum())
