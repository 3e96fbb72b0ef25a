"""Every n-th row goes to a unit; a unit owns `width` neighbours.

fails at: score of a unit (structured:F1)
cause: reshaped the other way
"""

def unit_sums(s, axis, start, width, n):
    along = s.sum(axis=1 - axis)
    sums = along[start : start + n * width].reshape(width, n).sum(axis=0)  # (F1)
    return sums
