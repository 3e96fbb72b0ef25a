"""Taylor's score is not squared. SNIP is its root and ranks alike, but sums over units differ.

fails at: s (scores:F3)
cause: a square left out
"""


def score(kind, w, g=None, h=None):
    if kind == "gradient":
        return abs(g)                  # (F1)
    if kind == "magnitude":
        return abs(w)                  # (F2)
    if kind == "taylor":
        return abs(w * g)              # (F3)
    if kind == "obd":
        return 0.5 * h * w**2          # (F4)
    return abs(w * g)                  # (F5)
