"""The first rows are taken for directions. They are not orthonormal, so the overlap holds no cosines.

fails at: theta_l (subspaces:P4)
cause: no orthonormal directions
"""

from minilora import backend


def principal_angles(A1, A2, i, j):
    xp = backend.get_array_module(A1)
    V1t, V2t = A1[:i], A2[:j]
    cosines = xp.linalg.svd(V1t @ V2t.T, compute_uv=False)
    return xp.arccos(xp.minimum(cosines, 1.0))
