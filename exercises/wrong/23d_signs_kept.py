"""The gradient keeps its sign, so that a steep slope downwards gets the lowest score of all. A score is a size.

fails at: s (scores:F1)
cause: signs taken along
"""


def score(kind, w, g=None, h=None):
    if kind == "gradient":
        return g                       # (F1)
    if kind == "magnitude":
        return abs(w)                  # (F2)
    if kind == "taylor":
        return (w * g) ** 2            # (F3)
    if kind == "obd":
        return 0.5 * h * w**2          # (F4)
    return abs(w * g)                  # (F5)
