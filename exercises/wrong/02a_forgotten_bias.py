"""forward takes b and never adds it. Its gradient looks right beside it: db does not depend on b.

fails at: y (linear:F1)
cause: missing_term
"""

from minilora.ops.linear import linear_backward


def linear_forward(x, W, b=None):
    return x @ W.T, (x, W, b is not None)               # (F1)
