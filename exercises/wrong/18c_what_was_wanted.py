"""That is the sum that was wanted. The cross terms are what comes on top of it.

fails at: cross terms of 1 and 2 (combine:C5)
cause: the wanted part
"""


def added(A1, B1, A2, B2):
    cross_terms = B1 @ A1 + B2 @ A2  # (C5)
    return A1 + A2, B1 + B2, cross_terms  # (C2)
