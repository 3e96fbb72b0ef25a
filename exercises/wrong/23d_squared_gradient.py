"""In OBD the squared mean gradient stands for the curvature; it is the mean square that does.

fails at: s (scores:F4)
cause: the square of a mean
"""


def score(kind, w, g=None, h=None):
    if kind == "gradient":
        return abs(g)                  # (F1)
    if kind == "magnitude":
        return abs(w)                  # (F2)
    if kind == "taylor":
        return (w * g) ** 2            # (F3)
    if kind == "obd":
        return 0.5 * g**2 * w**2       # (F4)
    return abs(w * g)                  # (F5)
