"""The units are counted from the first row, also where others stand before them.

fails at: score of a unit (structured:F1)
cause: a start left out
"""

def unit_sums(s, axis, start, width, n):
    along = s.sum(axis=1 - axis)
    sums = along[: n * width].reshape(n, width).sum(axis=1)  # (F1)
    return sums
