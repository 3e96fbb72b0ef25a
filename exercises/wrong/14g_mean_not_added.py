"""The mean is not added back: the points lie in a plane through the origin.

fails at: X_k (pca:C4)
cause: not brought back
"""


def project(X, mean, components):
    Z = (X - mean) @ components.T  # (C3)
    return Z @ components  # (C4)
