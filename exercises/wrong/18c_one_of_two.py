"""Only one way of meeting is counted. The second adapter's B meets the first one's A as well.

fails at: cross terms of 1 and 2 (combine:C5)
cause: one product of two
"""


def added(A1, B1, A2, B2):
    cross_terms = B1 @ A2  # (C5)
    return A1 + A2, B1 + B2, cross_terms  # (C2)
