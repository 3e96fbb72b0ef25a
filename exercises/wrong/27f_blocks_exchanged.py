"""The blocks are cut as if D came first: T is read as D kron C.

fails at: share (reach:R2)
cause: the factors exchanged
"""

from minilora.lowrank import singular_values


def lokr_share(T, a, c):
    n_out, n_in = T.shape
    b, d = n_out // a, n_in // c
    rearranged = T.reshape(b, a, d, c).transpose(1, 3, 0, 2).reshape(a * c, b * d)  # (R3)
    energy = singular_values(rearranged) ** 2
    share = float(energy[0] / energy.sum())                                  # (R2)
    return share
