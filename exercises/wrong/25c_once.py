"""U S stands once, with its columns made whole by V^T: sigma in the place of its square.

fails at: W (svd_split:V1)
cause: sigma for sigma squared
"""

import numpy as np


def split_step(W, W0, G, eta):
    U, sigma, _ = np.linalg.svd(W0, full_matrices=False)
    return W - eta * (U * sigma) @ (U.T @ G)  # (V1)
