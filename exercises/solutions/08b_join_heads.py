"""Heads: the features of each position cut into H pieces of size D, and laid side by side again.

    x: (N, T, H D)   y: (N, H, T, D)

    split     (F1)  y = x[n, t, h D + d]  at  [n, h, t, d]            (N, H, T, D)
    join      (F2)  x = y[n, h, t, d]  at  [n, t, h D + d]            (N, T, H D)

Both only move numbers, and each undoes the other. So each is the other's backward: dx = join(dy) after a split, dy = split(dx)
after a join.
"""


def join_heads(y):
    """(N, heads, T, D) -> (N, T, heads D)."""
    N, heads, T, D = y.shape
    return y.swapaxes(1, 2).reshape(N, T, heads * D)                    # (F2)
