"""The first r rows and columns are kept, as if they were sorted. Factors that were trained are not.

fails at: B A (combine:C3), A A^T (combine:C3), B^T B (combine:C3)
cause: the first instead of the largest
"""


def recut(A, B, r):
    return A[:r], B[:, :r]                                  # (C3)
