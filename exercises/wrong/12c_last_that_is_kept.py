"""The spectral error is said to be sigma_r. That one is kept: the largest that is cut is sigma_(r+1), entry r from 0.

fails at: norm_2(W - W_r) (truncation:S4)
cause: off by one
"""

from minilora.lowrank.truncation import singular_values


def truncation_error(W, rank):
    sigma = singular_values(W)
    return (sigma[rank:] ** 2).sum() ** 0.5, sigma[rank - 1]                # (S3), (S4)
