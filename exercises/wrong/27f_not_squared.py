"""The largest singular value is divided by the sum of all. A share of the squared norm is one of squares.

fails at: share (reach:R2)
cause: no squares
"""

from minilora.lowrank import singular_values


def lokr_share(T, a, c):
    n_out, n_in = T.shape
    b, d = n_out // a, n_in // c
    rearranged = T.reshape(a, b, c, d).transpose(0, 2, 1, 3).reshape(a * c, b * d)  # (R3)
    energy = singular_values(rearranged) ** 2
    share = float(energy[0] ** 0.5 / (energy**0.5).sum())                    # (R2)
    return share
