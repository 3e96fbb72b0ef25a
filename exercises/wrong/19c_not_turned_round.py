"""Sines and cosines are both taken as they come, falling. The smallest angle has the largest cosine and the smallest sine.

fails at: theta_l (subspaces:P4)
cause: the wrong order
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def principal_angles(A1, A2, i, j):
    xp = backend.get_array_module(A1)
    V1t, V2t = svd(A1)[2][:i], svd(A2)[2][:j]
    smaller, larger = (V1t, V2t) if i <= j else (V2t, V1t)
    overlap = smaller @ larger.T
    cosines = xp.linalg.svd(overlap, compute_uv=False)
    sines = xp.linalg.svd(smaller - overlap @ larger, compute_uv=False)
    return xp.arctan2(sines, cosines)
