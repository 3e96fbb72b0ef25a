"""All rows are taken for one head: the first numbers of every head come before the second ones. Each head has its own halves.

fails at: halves[h D + c D/2 + j] (rotary_rows:R1)
cause: one head instead of several
"""


def to_halves(W, heads):
    return W.reshape(-1, 2, *W.shape[1:]).swapaxes(0, 1).reshape(W.shape)
