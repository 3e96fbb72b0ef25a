"""The left singular vectors are compared: U lives in the space of the r outputs, A's directions of the input are rows of V^T.

fails at: phi(i, j) (subspaces:P1)
cause: the wrong space
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def subspace_similarity(A1, A2, i, j):
    U1, U2 = svd(A1 @ A1.T)[0], svd(A2[: len(A1)] @ A2[: len(A1)].T)[0]
    overlap = U1[:, :i].T @ U2[:, :j]
    return backend.item((overlap * overlap).sum()) / min(i, j)
