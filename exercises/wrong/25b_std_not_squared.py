"""The spread is not squared. The mean square of a draw about 0 is std^2.

fails at: L_floor (local_random:D1)
cause: std for std^2
"""


def loss_floor(true, local, std):
    return float((true[local] ** 2 + std).sum())  # (D1)
