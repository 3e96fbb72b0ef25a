"""The sum is divided by max(i, j). At most min(i, j) angles can be zero, so a subspace within another would not reach 1.

fails at: phi(i, j) (subspaces:P1)
cause: the wrong count
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def subspace_similarity(A1, A2, i, j):
    overlap = svd(A1)[2][:i] @ svd(A2)[2][:j].T
    return backend.item((overlap * overlap).sum()) / max(i, j)
