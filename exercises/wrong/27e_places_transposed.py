"""Rows and columns of the square are exchanged: rows belong to U, columns to V.

fails at: share (reach:R1)
cause: mirrored
"""

from minilora.lowrank import svd


def share_between(T, W, places):
    U, _, Vt = svd(W)
    turned = U.T @ T @ Vt.T
    share = float((turned.T[places] ** 2).sum() / (T * T).sum())                    # (R1)
    return share
