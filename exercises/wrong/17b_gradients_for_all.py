"""Frozen weights get gradients, too. A frozen weight is one number and nothing else.

fails at: bytes (costs:P2)
cause: arrays that nobody needs
"""


def training_bytes(frozen, trained, moments=2, itemsize=4):
    return itemsize * (2 * frozen + (2 + moments) * trained)    # (P2)
