"""What is kept is not scaled up: the mean over masks is (1 - p) x, so evaluation sees larger numbers than training. It is x.

fails at: y (dropout:F1)
cause: the factor left out
"""

from minilora.ops.dropout import dropout_backward


def dropout_forward(x, keep, p):
    return x * keep, (keep, p)
