"""The larger of the two limits. A machine has to keep to both.

fails at: rate (roofline:I4)
cause: maximum for minimum
"""


def attainable(intensity, peak, band):
    return max(peak, band * intensity)
