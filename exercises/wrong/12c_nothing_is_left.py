"""At full rank the smallest singular value is returned. Nothing is cut there, so the error is 0.

fails at: norm_2(W - W_r) (truncation:S4)
cause: the last rank of all
"""

from minilora.lowrank.truncation import singular_values


def truncation_error(W, rank):
    sigma = singular_values(W)
    return (sigma[rank:] ** 2).sum() ** 0.5, sigma[min(rank, len(sigma) - 1)]   # (S3), (S4)
