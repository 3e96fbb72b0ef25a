"""Divided by p, the share that is dropped. Kept is the share 1 - p.

fails at: y (dropout:F1)
cause: the other share
"""

from minilora.ops.dropout import dropout_backward


def dropout_forward(x, keep, p):
    return x * keep / p, (keep, p)
