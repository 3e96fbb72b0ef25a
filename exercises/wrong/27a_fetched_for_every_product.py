"""Each product fetches both of its numbers anew. A good kernel uses what it fetched many times; that is the point.

fails at: intensity (roofline:I3)
cause: no reuse
"""


def product_intensity(m, k, n, itemsize=4):
    return 2 * m * k * n / (itemsize * (2 * m * k * n + m * n))
