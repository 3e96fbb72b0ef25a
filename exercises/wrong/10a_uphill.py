"""The step is added. The gradient points to where the loss grows, so p goes against it.

fails at: p (steps:F2)
cause: the wrong sign
"""


def sgd_step(p, g, m, lr, momentum=0.0):
    m = momentum * m + g                                    # (F1)
    p = p + lr * m                                          # (F2)
    return p, m
