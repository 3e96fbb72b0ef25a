"""The heads change places with the components too: feature d H + h. The D features of a head lie in a row, at h D + d.

fails at: x (heads:F2)
cause: the wrong order of features
"""

def join_heads(y):
    N, heads, T, D = y.shape
    return y.transpose(0, 2, 3, 1).reshape(N, T, heads * D)
