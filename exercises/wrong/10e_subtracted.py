"""The same amount is taken away at each stair, not the same share. After a few stairs the rate is negative.

fails at: f (schedules:F1)
cause: a sum for a product
"""

def step_decay_factor(step, every, factor):
    f = 1 - (1 - factor) * (step // every)       # (F1)
    return f
