"""Steps are counted from 1, and every stair begins one step early. The last step of the first stair has the factor 1.

fails at: f (schedules:F1)
cause: off by one
"""

def step_decay_factor(step, every, factor):
    f = factor ** ((step + 1) // every)       # (F1)
    return f
