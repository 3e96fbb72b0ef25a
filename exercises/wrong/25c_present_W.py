"""W as it is now, in the place of W0. U S is frozen: it stays what the start gave.

fails at: W (svd_split:V1)
cause: W for W0
"""


def split_step(W, W0, G, eta):
    return W - eta * W @ (W.T @ G)  # (V1)
