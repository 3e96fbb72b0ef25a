"""The mean over the local weights. The loss is a sum over weights, so the floor grows with how many are local.

fails at: L_floor (local_random:D1)
cause: mean for sum
"""


def loss_floor(true, local, std):
    return float((true[local] ** 2 + std**2).sum() / max(local.sum(), 1))  # (D1)
