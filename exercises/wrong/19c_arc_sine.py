"""The arc sine of the sines. Near a right angle the sine is 1 to second order; take the cosine too.

fails at: theta_l (subspaces:P4)
cause: lost digits
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def principal_angles(A1, A2, i, j):
    xp = backend.get_array_module(A1)
    V1t, V2t = svd(A1)[2][:i], svd(A2)[2][:j]
    smaller, larger = (V1t, V2t) if i <= j else (V2t, V1t)
    sines = xp.linalg.svd(smaller - smaller @ larger.T @ larger, compute_uv=False)
    return xp.arcsin(xp.minimum(sines, 1.0))[::-1]
