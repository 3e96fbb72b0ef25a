"""That is the sum that was wanted. The cross terms are what comes on top of it.

fails at: cross terms (combine:C5)
cause: the wanted part
"""


def cross_terms(A1, B1, A2, B2):
    return B1 @ A1 + B2 @ A2                                # (C5)
