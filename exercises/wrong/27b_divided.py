"""The bandwidth is divided by the intensity. Bytes a second times operations a byte are operations a second.

fails at: rate (roofline:I4)
cause: divided in the place of multiplied
"""


def attainable(intensity, peak, band):
    return min(peak, band / intensity)
