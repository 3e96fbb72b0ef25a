"""The peak, whatever the intensity. An operation that has to wait for memory does not reach it.

fails at: rate (roofline:I4)
cause: memory left out
"""


def attainable(intensity, peak, band):
    return peak
