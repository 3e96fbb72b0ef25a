"""The mean is not taken off. Components are directions out of the mean, and not out of the origin.

fails at: X_k (pca:C4)
cause: coordinates from the origin
"""


def project(X, mean, components):
    Z = X @ components.T  # (C3)
    return Z @ components + mean  # (C4)
