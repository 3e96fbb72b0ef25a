"""The mean of the sum of squares is returned. phi is the mean of squared cosines, so that sum is divided by min(i, j).

fails at: E phi(i, j) (subspaces:P2)
cause: a missing division
"""


def random_similarity(i, j, n):
    return i * j / n
