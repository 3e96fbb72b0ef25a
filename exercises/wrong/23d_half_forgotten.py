"""The half is missing: as a ranking it is the same, as a price it is twice too high.

fails at: obd (scores:F4)
cause: a factor left out
"""

def obd(w, g, h):
    return h * w * w  # (F4)
