"""The share that is left is taken for the share that is over: the budget rises from b_target to b_init.

fails at: b (training.adalora:F4)
cause: the other way round
"""

def budget(t, t_init, t_final, b_init, b_target):
    left = min(1.0, max(0.0, (t - t_init) / (t_final - t_init)))
    b = b_target + round((b_init - b_target) * left**3)         # (F4)
    return b
