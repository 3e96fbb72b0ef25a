"""A plain reshape to (N, T, H D): every position gets pieces of others. T must come back before H first.

fails at: x (heads:F2)
cause: a reshape where a transpose is due
"""

def join_heads(y):
    N, heads, T, D = y.shape
    return y.reshape(N, T, heads * D)
