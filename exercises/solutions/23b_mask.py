"""Unstructured pruning: single weights set to zero, and kept there while the others go on learning.

    s: scores   w: weights   M: a mask of booleans, True where a weight stays   all of one shape

    by threshold  (F1)  M = s >= alpha                                  article A
    by budget     (F2)  M = s is among the top share of all scores      of the model, or of each matrix apart (per="matrix")
    what goes     (F3)  a = M a                                         a: the weights; dw after each backward

By F3 a pruned weight's gradient is zero, so the moments of a new optimiser are too, and weight decay of zero is zero: its step is
zero, bit for bit. The arrays keep their shapes and the model its size and speed; `shrink` in structured.py makes it smaller.
"""

from minilora import backend


def mask(s, share=None, threshold=None):
    """Booleans of the shape of s, True at the highest `share`, 0 .. 1, of all of s, rounded; of equal ones the later stay.

    Or where s is at least the threshold, if there is one.
    """
    if threshold is not None:
        return s >= threshold                                                               # (F1)
    xp = backend.get_array_module(s)
    M = xp.zeros(s.size, dtype=bool)
    M[xp.argsort(s.reshape(-1), kind="stable")[s.size - round(share * s.size) :]] = True    # (F2)
    return M.reshape(s.shape)
