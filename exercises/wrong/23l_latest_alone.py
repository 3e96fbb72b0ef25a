"""What was there is dropped; the score is a sum over all steps.

fails at: s (scores:F6)
cause: a sum overwritten
"""


def with_step(s, w, before, after):
    s = -w * (after - before)  # (F6)
    return s
