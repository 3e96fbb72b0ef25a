"""The last r directions are taken, along which the inputs hardly vary. The largest come first.

fails at: A (eva:S1)
cause: the wrong end
"""

from minilora import lowrank


def eva_start(X, r):
    _, _, Vt = lowrank.svd(X)
    A = Vt[-r:].copy()                                  # (S1)
    return A
