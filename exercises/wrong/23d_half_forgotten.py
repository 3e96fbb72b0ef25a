"""OBD's half is missing: as a ranking it is the same, as a price it is twice too high.

fails at: s (scores:F4)
cause: a factor left out
"""


def score(kind, w, g=None, h=None):
    if kind == "gradient":
        return abs(g)                  # (F1)
    if kind == "magnitude":
        return abs(w)                  # (F2)
    if kind == "taylor":
        return (w * g) ** 2            # (F3)
    if kind == "obd":
        return h * w**2                # (F4)
    return abs(w * g)                  # (F5)
