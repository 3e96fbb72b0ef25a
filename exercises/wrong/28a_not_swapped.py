"""Reshaped to the order of the result at once. A reshape moves nothing: the axes must change places in between.

fails at: halves[h D + c D/2 + j] (rotary_rows:R1)
cause: a reshape in the place of a permutation
"""


def to_halves(W, heads):
    return W.reshape(heads, 2, -1, *W.shape[1:]).reshape(W.shape)
