"""The squared mean gradient stands for the curvature; it is the mean square that does.

fails at: obd (scores:F4)
cause: the square of a mean
"""

def obd(w, g, h):
    return 0.5 * g * g * w * w  # (F4)
