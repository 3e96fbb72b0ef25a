"""That is the whole product, the wanted part included.

fails at: cross terms of 1 and 2 (combine:C5)
cause: the whole product
"""


def added(A1, B1, A2, B2):
    cross_terms = (B1 + B2) @ (A1 + A2)  # (C5)
    return A1 + A2, B1 + B2, cross_terms  # (C2)
