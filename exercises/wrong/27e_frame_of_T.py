"""The singular vectors are those of the change. They are fixed before it is known: those of the frozen matrix.

fails at: share (reach:R1)
cause: the wrong frame
"""

from minilora.lowrank import svd


def share_between(T, W, places):
    U, _, Vt = svd(T)
    turned = U.T @ T @ Vt.T
    share = float((turned[places] ** 2).sum() / (T * T).sum())                      # (R1)
    return share
