"""The arc cosine of the cosines. A small angle has the cosine 1 - theta^2/2, so half of its digits are gone; take the sine too.

fails at: theta_l (subspaces:P4)
cause: lost digits
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def principal_angles(A1, A2, i, j):
    xp = backend.get_array_module(A1)
    V1t, V2t = svd(A1)[2][:i], svd(A2)[2][:j]
    cosines = xp.linalg.svd(V1t @ V2t.T, compute_uv=False)
    return xp.arccos(xp.minimum(cosines, 1.0))
