"""p steps along the m of the step before. First m takes the new gradient in, then p follows it.

fails at: p (steps:F2)
cause: the wrong order
"""


def sgd_step(p, g, m, lr, momentum=0.0):
    p = p - lr * m                                          # (F2)
    m = momentum * m + g                                    # (F1)
    return p, m
