"""The shorter of the two times. The work is done when both are.

fails at: seconds (roofline:I5)
cause: minimum for maximum
"""


def bound_seconds(operations, traffic, peak, band):
    return min(operations / peak, traffic / band)
