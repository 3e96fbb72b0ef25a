"""The levels are equal steps of the value, as absmax has them. NF4 takes equal steps of the probability.

fails at: level (quantize:Q5)
cause: equal steps of the value
"""

def normal_levels(last, above=8, below=7):
    def side(steps):
        return [i / steps for i in range(1, steps + 1)]  # (Q5)

    return (*(-level for level in reversed(side(below))), 0.0, *side(above))
