"""t is not held at total. After the last step the cosine rises again, up to 1.

fails at: f (schedules:F3)
cause: no end
"""

import math


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    t = step + 1                                # (F2)
    if t <= warmup:
        return t / warmup                                   # (F3)
    return floor + (1 - floor) * (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2      # (F4)
