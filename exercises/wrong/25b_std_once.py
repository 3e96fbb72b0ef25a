"""The draws' spread is added once. Each local weight is drawn, and each adds its variance.

fails at: L_floor (local_random:D1)
cause: one std^2 for all
"""


def loss_floor(true, local, std):
    return float((true[local] ** 2).sum() + std**2)  # (D1)
