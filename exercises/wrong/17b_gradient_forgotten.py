"""The gradients are left out. They lie in memory as long as the optimiser's moments do.

fails at: bytes (costs:P2)
cause: one array too few
"""


def training_bytes(frozen, trained, moments=2, itemsize=4):
    return itemsize * (frozen + (1 + moments) * trained)    # (P2)
