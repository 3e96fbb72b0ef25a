"""The factor is turned over: what W does there, over the size of the change. It is to say how much stronger the change is.

fails at: amplification (amplification:A2)
cause: numerator and denominator exchanged
"""

from math import sqrt

from minilora.lowrank.amplification import random_share
from minilora.lowrank.truncation import singular_values, svd


def amplification(W, delta, r):
    U, _, Vt = svd(delta)
    size, own = norm(delta), norm(U[:, :r].T @ W @ Vt[:r].T)
    return own / size, size, own, norm(singular_values(W)[:r]), random_share(norm(W), r, *W.shape)


def norm(M):
    return sqrt((M * M).sum())
