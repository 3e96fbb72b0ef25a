"""T is cut into pieces that are no blocks: without the change of axes a row holds parts of several blocks.

fails at: share (reach:R2)
cause: no blocks
"""

from minilora.lowrank import singular_values


def lokr_share(T, a, c):
    n_out, n_in = T.shape
    b, d = n_out // a, n_in // c
    rearranged = T.reshape(a * c, b * d)                                         # (R3)
    energy = singular_values(rearranged) ** 2
    share = float(energy[0] / energy.sum())                                  # (R2)
    return share
