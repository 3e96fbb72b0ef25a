"""The root is returned, a mean cosine. phi is a mean of squared cosines, and its mean is max(i, j) / n itself.

fails at: E phi(i, j) (subspaces:P2)
cause: the square left out
"""


def random_similarity(i, j, n):
    return (max(i, j) / n) ** 0.5
