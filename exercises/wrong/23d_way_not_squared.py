"""The way is not squared: the second term of Taylor has w^2.

fails at: obd (scores:F4)
cause: a square left out
"""

def obd(w, g, h):
    return 0.5 * h * abs(w)  # (F4)
