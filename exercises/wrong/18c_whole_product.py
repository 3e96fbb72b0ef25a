"""That is the whole product, the wanted part included.

fails at: cross terms (combine:C5)
cause: the whole product
"""


def cross_terms(A1, B1, A2, B2):
    return (B1 + B2) @ (A1 + A2)                            # (C5)
