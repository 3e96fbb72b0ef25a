"""The sum runs over all weights. Those that are not local learn, and leave nothing.

fails at: L_floor (local_random:D1)
cause: every weight counted
"""


def loss_floor(true, local, std):
    return float((true**2 + std**2).sum())  # (D1)
