"""m is a mean of gradients, weighed by 1 - momentum, as Adam's is. Here it is their sum, and steps grow by 1/(1 - momentum).

fails at: p (steps:F2), m (steps:F1)
cause: a factor too many
"""


def sgd_step(p, g, m, lr, momentum=0.0):
    m = momentum * m + (1 - momentum) * g                   # (F1)
    p = p - lr * m                                          # (F2)
    return p, m
