"""Only the first space is looked at. A larger second space makes the two more alike as well.

fails at: E phi(i, j) (subspaces:P2)
cause: one count left out
"""


def random_similarity(i, j, n):
    return i / n
