"""The factors are averaged. They are added: weights and scales lie in them already.

fails at: A (combine:C2), B (combine:C2)
cause: a mean for a sum
"""


def added(A1, B1, A2, B2):
    cross_terms = B1 @ A2 + B2 @ A1  # (C5)
    return (A1 + A2) / 2, (B1 + B2) / 2, cross_terms  # (C2)
