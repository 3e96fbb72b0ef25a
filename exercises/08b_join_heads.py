"""Heads: the features of each position cut into H pieces of size D, and laid side by side again.

    x: (N, T, H D)   y: (N, H, T, D)

    split     (F1)  y = x[n, t, h D + d]  at  [n, h, t, d]            (N, H, T, D)
    join      (F2)  x = ...            (N, T, H D)

Both only move numbers, and each undoes the other. So each is the other's backward: dx = join(dy) after a split, dy = split(dx)
after a join.

Exercise 08b, lesson 08: Joining heads, the backward of cutting.
Write join_heads. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 08b       tests this file
    minilora exercise hint 08b        one hint more, each time
"""


def join_heads(y):
    """(N, heads, T, D) -> (N, T, heads D)."""
    # (F2)  x =
    raise NotImplementedError("08b: write join_heads")
