"""The singular values that were cut are added up. Their squares add up, and the root is taken.

fails at: norm_F(W - W_r) (truncation:S3)
cause: a sum in the place of a norm
"""

from minilora.lowrank.truncation import singular_values


def truncation_error(W, rank):
    cut = singular_values(W)[rank:]
    return cut.sum(), cut[0] if cut.size else 0.0           # (S3), (S4)
