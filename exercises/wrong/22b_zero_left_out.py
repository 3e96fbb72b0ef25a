"""All levels are quantiles of one row of steps from 1 - last to last: with an even number of levels none is zero.

fails at: level (quantize:Q5)
cause: no exact zero
"""

from statistics import NormalDist


def normal_levels(last, above=8, below=7):
    quantile = NormalDist().inv_cdf

    steps = above + below
    p = [1 - last + (2 * last - 1) * i / steps for i in range(steps + 1)]
    return tuple(quantile(each) / quantile(last) for each in p)  # (Q5)
