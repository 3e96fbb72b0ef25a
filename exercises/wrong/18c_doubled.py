"""One product is doubled, as if the two were equal. Matrices do not commute, and these are of different adapters.

fails at: cross terms (combine:C5)
cause: one taken for both
"""


def cross_terms(A1, B1, A2, B2):
    return 2 * B1 @ A2                                      # (C5)
