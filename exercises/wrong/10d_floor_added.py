"""The floor is added to the whole cosine. Then the factor is 1 + floor at its top; the cosine only fills what is above the floor.

fails at: f (schedules:F3)
cause: the floor added
"""

import math


def warmup_cosine_factor(step, warmup, total, floor=0.1):
    t = min(step + 1, total)                                # (F2)
    if t <= warmup:
        return t / warmup                                   # (F3)
    return floor + (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2      # (F4)
