"""The points are centred by their own mean. They may be others than those that were fitted; the plane's mean is given.

fails at: X_k (pca:C4)
cause: another origin than the fit's
"""


def project(X, mean, components):
    own = X.mean(axis=0)
    Z = (X - own) @ components.T  # (C3)
    return Z @ components + own  # (C4)
