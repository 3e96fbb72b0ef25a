"""Values are counted in the place of bytes. A value of 32 bits is four bytes.

fails at: intensity (roofline:I3)
cause: itemsize left out
"""


def product_intensity(m, k, n, itemsize=4):
    return 2 * m * k * n / (m * k + k * n + m * n)
