"""Head h takes every H-th feature. It owns D features in a row, h D to h D + D - 1.

fails at: y (heads:F1)
cause: the wrong features
"""

def split_heads(x, heads):
    N, T, width = x.shape
    return x.reshape(N, T, width // heads, heads).transpose(0, 3, 1, 2)
