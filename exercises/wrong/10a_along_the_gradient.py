"""m is kept, but p steps along g. The step is along the sum of all gradients, m.

fails at: p (steps:F2)
cause: the wrong direction
"""


def sgd_step(p, g, m, lr, momentum=0.0):
    m = momentum * m + g                                    # (F1)
    p = p - lr * g                                          # (F2)
    return p, m
