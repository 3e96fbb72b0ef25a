"""One product is counted. Attention has two, q k^T and P v.

fails at: attention (roofline:I6)
cause: half of the operations
"""


def attention_intensity(T, D, passes, itemsize=4):
    return 2 * T * T * D / (itemsize * (4 * T * D + passes * T * T))
