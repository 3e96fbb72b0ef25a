"""Both factors take the whole weight, so the product has its square. Each takes the root.

fails at: A (combine:C4), B (combine:C4)
cause: squared
"""


def share(A, B, ws):
    return ws * A, ws * B                                   # (C4)
