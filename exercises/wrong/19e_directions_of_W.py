"""W's own directions are taken for those of the change. The question is what W does where the change works.

fails at: amplification (amplification:A2), share of W in r directions (amplification:A1)
cause: the wrong directions
"""

from math import sqrt

from minilora.lowrank.amplification import random_share
from minilora.lowrank.truncation import singular_values, svd


def amplification(W, delta, r):
    U, _, Vt = svd(W)
    size, own = norm(delta), norm(U[:, :r].T @ W @ Vt[:r].T)
    return size / own, size, own, norm(singular_values(W)[:r]), random_share(norm(W), r, *W.shape)


def norm(M):
    return sqrt((M * M).sum())
