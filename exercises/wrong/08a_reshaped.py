"""A plain reshape to (N, H, T, D): the brackets move, h and t do not change places, and positions get mixed up.

fails at: y (heads:F1)
cause: a reshape where a transpose is due
"""

def split_heads(x, heads):
    N, T, width = x.shape
    return x.reshape(N, heads, T, width // heads)
