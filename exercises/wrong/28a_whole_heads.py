"""The heads change places with the points: a row leaves its head. Only the point and its two numbers change places.

fails at: halves[h D + c D/2 + j] (rotary_rows:R1)
cause: the wrong pair of axes
"""


def to_halves(W, heads):
    return W.reshape(heads, -1, 2, *W.shape[1:]).swapaxes(0, 1).reshape(W.shape)
