"""The smaller count is divided by n. The mean of the sum is i j / n, and phi divides by the smaller: the larger is left.

fails at: E phi(i, j) (subspaces:P2)
cause: the wrong count
"""


def random_similarity(i, j, n):
    return min(i, j) / n
