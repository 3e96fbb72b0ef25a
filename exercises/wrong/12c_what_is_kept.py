"""The Frobenius norm of what is kept. The error is what was cut off.

fails at: norm_F(W - W_r) (truncation:S3)
cause: the wrong end
"""

from minilora.lowrank.truncation import singular_values


def truncation_error(W, rank):
    sigma = singular_values(W)
    cut = sigma[rank:]
    return (sigma[:rank] ** 2).sum() ** 0.5, cut[0] if cut.size else 0.0    # (S3), (S4)
