"""The frozen weights are left out, as if they were not in memory. They are, and take part in every product.

fails at: bytes (costs:P2)
cause: the base forgotten
"""


def training_bytes(frozen, trained, moments=2, itemsize=4):
    return itemsize * (2 + moments) * trained               # (P2)
