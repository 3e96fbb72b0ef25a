"""The size of the change is taken in its first r directions. The factor's numerator is the norm of the whole change.

fails at: amplification (amplification:A2), norm_F(Delta W) (amplification:A3)
cause: too little of the change
"""

from math import sqrt

from minilora.lowrank.amplification import random_share
from minilora.lowrank.truncation import singular_values, svd


def amplification(W, delta, r):
    U, _, Vt = svd(delta)
    size, own = norm(singular_values(delta)[:r]), norm(U[:, :r].T @ W @ Vt[:r].T)
    return size / own, size, own, norm(singular_values(W)[:r]), random_share(norm(W), r, *W.shape)


def norm(M):
    return sqrt((M * M).sum())
