"""Only one way of meeting is counted. The second adapter's B meets the first one's A as well.

fails at: cross terms (combine:C5)
cause: one product of two
"""


def cross_terms(A1, B1, A2, B2):
    return B1 @ A2                                          # (C5)
