"""The gradient as it stands is taken. Where several batches make one step, the first is in it again.

fails at: s (scores:F6)
cause: an earlier batch counted twice
"""


def with_step(s, w, before, after):
    s = s - w * after  # (F6)
    return s
