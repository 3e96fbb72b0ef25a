"""One product is doubled, as if the two were equal. Matrices do not commute, and these are of different adapters.

fails at: cross terms of 1 and 2 (combine:C5)
cause: one taken for both
"""


def added(A1, B1, A2, B2):
    cross_terms = 2 * B1 @ A2  # (C5)
    return A1 + A2, B1 + B2, cross_terms  # (C2)
