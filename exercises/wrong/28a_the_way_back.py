"""From halves to neighbours: the two axes are split in the other order. A file has neighbours, so the pair is the fast axis.

fails at: halves[h D + c D/2 + j] (rotary_rows:R1)
cause: the inverse permutation
"""


def to_halves(W, heads):
    return W.reshape(heads, 2, -1, *W.shape[1:]).swapaxes(1, 2).reshape(W.shape)
