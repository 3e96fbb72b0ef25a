"""t is the step itself, counted from 0. Then the first step has the rate 0 and changes nothing: t = step + 1.

fails at: f (schedules:F3)
cause: off by one
"""

import math


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    t = min(step, total)                                # (F2)
    if t <= warmup and warmup:
        return t / warmup                                   # (F3)
    return floor + (1 - floor) * (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2      # (F4)
