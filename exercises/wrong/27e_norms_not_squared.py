"""Norms are divided in the place of squared norms, so that the parts would not add up to 1.

fails at: share (reach:R1)
cause: a root too many
"""

from minilora.lowrank import svd


def share_between(T, W, places):
    U, _, Vt = svd(W)
    turned = U.T @ T @ Vt.T
    share = float(((turned[places] ** 2).sum() / (T * T).sum()) ** 0.5)             # (R1)
    return share
