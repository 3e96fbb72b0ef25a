"""a[M] is a list of what stays, without its places. The array is to keep its shape.

fails at: a (pruning:F3)
cause: a shape lost
"""


def cut(a, M):
    return a[M]                                     # (F3)
