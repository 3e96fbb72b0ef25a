"""Neither factor gets a part of sigma: B A is a projection then, which stretches nothing.

fails at: B A (truncation:S5), A A^T (truncation:S5), B^T B (truncation:S5)
cause: sigma left out
"""

from minilora.lowrank.truncation import svd


def factors(W, rank):
    U, _, Vt = svd(W)
    return Vt[:rank], U[:, :rank]                           # (S5)
