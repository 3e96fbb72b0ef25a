"""OBD takes the slope along. It is the score for a minimum, where the mean slope is zero and what is left of it is noise.

fails at: s (scores:F4)
cause: a term too many
"""


def score(kind, w, g=None, h=None):
    if kind == "gradient":
        return abs(g)                  # (F1)
    if kind == "magnitude":
        return abs(w)                  # (F2)
    if kind == "taylor":
        return (w * g) ** 2            # (F3)
    if kind == "obd":
        return 0.5 * h * w**2 - w * g  # (F4)
    return abs(w * g)                  # (F5)
