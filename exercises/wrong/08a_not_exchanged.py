"""The features are cut and left at (N, T, H, D). Heads have to stand before time.

fails at: y (heads:F1)
cause: an exchange of axes left out
"""

def split_heads(x, heads):
    N, T, width = x.shape
    return x.reshape(N, T, heads, width // heads)
