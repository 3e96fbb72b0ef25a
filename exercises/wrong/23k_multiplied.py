"""The mask is multiplied with. Infinity times zero is NaN, so a gradient that overflowed comes through.

fails at: a (pruning:F3)
cause: zero times infinity
"""


def cut(a, M):
    return a * M                                    # (F3)
