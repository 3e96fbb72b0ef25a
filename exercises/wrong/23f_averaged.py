"""The mean over what a unit owns; it is the sum.

fails at: score of a unit (structured:F1)
cause: a mean for a sum
"""

def unit_sums(s, axis, start, width, n):
    along = s.mean(axis=1 - axis)
    sums = along[start : start + n * width].reshape(n, width).mean(axis=1)  # (F1)
    return sums
