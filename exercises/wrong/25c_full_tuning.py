"""The step of full tuning. V^T reaches W through U S, once for the gradient and once for the step.

fails at: W (svd_split:V1)
cause: no W0 W0^T
"""


def split_step(W, W0, G, eta):
    return W - eta * G  # (V1)
