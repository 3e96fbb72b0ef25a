"""The sign is turned round: a weight that descent pushes away from zero would lose.

fails at: s (scores:F6)
cause: a sign
"""


def with_step(s, w, before, after):
    s = s + w * (after - before)  # (F6)
    return s
