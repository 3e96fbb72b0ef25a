"""Every value is taken for 4 bytes and two moments. Both are arguments.

fails at: bytes (costs:P2)
cause: arguments ignored
"""


def training_bytes(frozen, trained, moments=2, itemsize=4):
    return 4 * (frozen + 4 * trained)                       # (P2)
