"""The first rows of A are compared as they are. They are neither orthonormal nor the strongest directions.

fails at: phi(i, j) (subspaces:P1)
cause: no orthonormal directions
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def subspace_similarity(A1, A2, i, j):
    overlap = A1[:i] @ A2[:j].T
    return backend.item((overlap * overlap).sum()) / min(i, j)
