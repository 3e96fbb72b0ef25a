"""The norm of the overlap is not squared. It is the mean of squared cosines that is max(i, j)/n for random subspaces.

fails at: phi(i, j) (subspaces:P1)
cause: the square left out
"""

from minilora import backend
from minilora.lowrank.truncation import svd


def subspace_similarity(A1, A2, i, j):
    overlap = svd(A1)[2][:i] @ svd(A2)[2][:j].T
    return backend.item((overlap * overlap).sum()) ** 0.5 / min(i, j)
