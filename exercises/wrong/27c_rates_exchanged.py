"""Operations are divided by the bandwidth and bytes by the peak. Each has its own rate.

fails at: seconds (roofline:I5)
cause: the rates exchanged
"""


def bound_seconds(operations, traffic, peak, band):
    return max(operations / band, traffic / peak)
