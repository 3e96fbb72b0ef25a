"""Unstructured pruning: single weights set to zero, and kept there while the others go on learning.

    s: scores   w: weights   M: a mask of booleans, True where a weight stays   all of one shape

    by threshold  (F1)  M = s >= alpha                                  article A
    by budget     (F2)  M = ...
                  (F3)  w = M w
    training      (F4)  dw = M dw                                       after backward

By F4 a pruned weight's gradient is zero, so the moments of a new optimiser are too, and weight decay of zero is zero: its step is
zero, bit for bit. The arrays keep their shapes and the model its size and speed; `shrink` in structured.py makes it smaller.

Exercise 23b, lesson 23: the mask of a budget.
Write budget_mask. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23b       tests this file
    minilora exercise hint 23b        one hint more, each time
"""

from minilora import backend


def budget_mask(s, share):
    """Booleans of the shape of s, True at the highest `share`, 0 .. 1, of all of s, rounded; of equal ones the later stay."""
    # (F2)  M =
    raise NotImplementedError("23b: write budget_mask")
