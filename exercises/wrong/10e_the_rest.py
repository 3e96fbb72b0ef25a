"""The rest of the division is taken, not the quotient: the factor falls from step to step and jumps back up at each stair.

fails at: f (schedules:F1)
cause: rest and quotient exchanged
"""

def step_decay_factor(step, every, factor):
    f = factor ** (step % every)       # (F1)
    return f
