"""The cosine is measured from step 0 and not from the end of the warm-up: the factor jumps down where the two meet.

fails at: f (schedules:F3)
cause: the wrong start
"""

import math


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    t = min(step + 1, total)                                # (F2)
    if t <= warmup:
        return t / warmup                                   # (F3)
    return floor + (1 - floor) * (1 + math.cos(math.pi * t / total)) / 2      # (F4)
