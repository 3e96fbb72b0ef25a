"""Only multiplications are counted. Each of the m n sums has k additions as well, so there are two operations a term.

fails at: intensity (roofline:I3)
cause: half of the operations
"""


def product_intensity(m, k, n, itemsize=4):
    return m * k * n / (itemsize * (m * k + k * n + m * n))
