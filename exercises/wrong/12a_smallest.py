"""The last r terms are kept. The largest singular values come first: the last are the ones to cut.

fails at: W_r (truncation:S2)
cause: the wrong end
"""

from minilora.lowrank.truncation import svd


def truncate(W, rank):
    U, sigma, Vt = svd(W)
    return (U[:, -rank:] * sigma[-rank:]) @ Vt[-rank:]      # (S2)
