"""Sizes add up: a weight that goes to and fro would gain with every step. The sign is what movement is about.

fails at: s (scores:F6)
cause: a sign left out
"""


def with_step(s, w, before, after):
    s = s + abs(w * (after - before))  # (F6)
    return s
