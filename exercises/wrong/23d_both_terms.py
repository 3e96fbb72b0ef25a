"""The slope is taken along. The score is for a minimum, where its mean is zero and what is left of it is noise.

fails at: obd (scores:F4)
cause: a term too many
"""

def obd(w, g, h):
    return 0.5 * h * w * w - w * g  # (F4)
