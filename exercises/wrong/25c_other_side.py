"""W0^T W0 from the right. V^T is the factor on the right, and what multiplies the gradient is on the left, (m, m).

fails at: W (svd_split:V1)
cause: the wrong side
"""


def split_step(W, W0, G, eta):
    return W - eta * G @ (W0.T @ W0)  # (V1)
