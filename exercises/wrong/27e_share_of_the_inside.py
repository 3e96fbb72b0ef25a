"""It is divided by what lies between the frames, not by all of T: a part of T lies outside of them.

fails at: share (reach:R1)
cause: share of what
"""

from minilora.lowrank import svd


def share_between(T, W, places):
    U, _, Vt = svd(W)
    turned = U.T @ T @ Vt.T
    share = float((turned[places] ** 2).sum() / (turned**2).sum())                   # (R1)
    return share
