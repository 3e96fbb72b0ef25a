"""Both sides step as the upper one does, and the last level below is left out: it does not end at -1.

fails at: level (quantize:Q5)
cause: one side's steps for both
"""

from statistics import NormalDist


def normal_levels(last, above=8, below=7):
    quantile = NormalDist().inv_cdf

    def side(steps):
        return [quantile(0.5 + (last - 0.5) * i / above) / quantile(last) for i in range(1, steps + 1)]  # (Q5)

    return (*(-level for level in reversed(side(below))), 0.0, *side(above))
