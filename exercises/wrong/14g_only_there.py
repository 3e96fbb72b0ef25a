"""The coordinates are returned. The points that they belong to are wanted, with as many entries as X's.

fails at: X_k (pca:C4)
cause: half of the way
"""


def project(X, mean, components):
    return (X - mean) @ components.T  # (C3)
