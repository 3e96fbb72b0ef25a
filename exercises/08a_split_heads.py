"""Heads: the features of each position cut into H pieces of size D, and laid side by side again.

    x: (N, T, H D)   y: (N, H, T, D)

    split     (F1)  y = ...            (N, H, T, D)
    join      (F2)  x = y[n, h, t, d]  at  [n, t, h D + d]            (N, T, H D)

Both only move numbers, and each undoes the other. So each is the other's backward: dx = join(dy) after a split, dy = split(dx)
after a join.

Exercise 08a, lesson 08: Cutting into heads.
Write split_heads. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 08a       tests this file
    minilora exercise hint 08a        one hint more, each time
"""


def split_heads(x, heads):
    """(N, T, heads D) -> (N, heads, T, D), a view."""
    # (F1)  y =
    raise NotImplementedError("08a: write split_heads")
