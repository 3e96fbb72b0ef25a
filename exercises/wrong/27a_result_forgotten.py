"""The result is not written. It goes to memory too.

fails at: intensity (roofline:I3)
cause: too few bytes
"""


def product_intensity(m, k, n, itemsize=4):
    return 2 * m * k * n / (itemsize * (m * k + k * n))
