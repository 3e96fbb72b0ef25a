"""The exponent is not rounded down. Then the factor falls a little at every step, and there are no stairs.

fails at: f (schedules:F1)
cause: not rounded down
"""

def step_decay_factor(step, every, factor):
    f = factor ** (step / every)       # (F1)
    return f
