"""Heads: the features of each position cut into H pieces of size D, and laid side by side again.

    x: (N, T, H D)   y: (N, H, T, D)

    split     (F1)  y = x[n, t, h D + d]  at  [n, h, t, d]            (N, H, T, D)
    join      (F2)  x = y[n, h, t, d]  at  [n, t, h D + d]            (N, T, H D)

Both only move numbers, and each undoes the other. So each is the other's backward: dx = join(dy) after a split, dy = split(dx)
after a join.
"""


def split_heads(x, heads):
    """(N, T, heads D) -> (N, heads, T, D), a view."""
    N, T, width = x.shape
    return x.reshape(N, T, heads, width // heads).swapaxes(1, 2)        # (F1)
