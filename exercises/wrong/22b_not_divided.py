"""The quantiles are not divided by the last of their side, so they do not end at -1 and 1.

fails at: level (quantize:Q5)
cause: no division
"""

from statistics import NormalDist


def normal_levels(last, above=8, below=7):
    quantile = NormalDist().inv_cdf

    def side(steps):
        return [quantile(0.5 + (last - 0.5) * i / steps) for i in range(1, steps + 1)]  # (Q5)

    return (*(-level for level in reversed(side(below))), 0.0, *side(above))
