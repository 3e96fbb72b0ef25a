"""The singular values are those of T as it stands: that is what a matrix of rank one holds, not a Kronecker product.

fails at: share (reach:R2)
cause: not rearranged
"""

from minilora.lowrank import singular_values


def lokr_share(T, a, c):
    energy = singular_values(T) ** 2
    share = float(energy[0] / energy.sum())              # (R2)
    return share
