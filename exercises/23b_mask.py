"""Unstructured pruning: single weights set to zero, and kept there while the others go on learning.

    s: scores   w: weights   M: a mask of booleans, True where a weight stays   all of one shape

    by threshold  (F1)  M = ...
    by budget     (F2)  M = ...
    what goes     (F3)  a = M a                                         a: the weights; dw after each backward

By F3 a pruned weight's gradient is zero, so the moments of a new optimiser are too, and weight decay of zero is zero: its step is
zero, bit for bit. The arrays keep their shapes and the model its size and speed; `shrink` in structured.py makes it smaller.

Exercise 23b, lesson 23: The mask of a budget, or of a threshold.
Write mask. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23b       tests this file
    minilora exercise hint 23b        one hint more, each time
"""

from minilora import backend


def mask(s, share=None, threshold=None):
    """Booleans of the shape of s, True at the highest `share`, 0 .. 1, of all of s, rounded; of equal ones the later stay.

    Or where s is at least the threshold, if there is one.
    """
    # (F1)  M =
    # (F2)  M =
    raise NotImplementedError("23b: write mask")
