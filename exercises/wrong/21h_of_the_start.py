"""The cubic multiplies b_init and not b_init - b_target: at the start there are b_target too many.

fails at: b (training.adalora:F4)
cause: difference left out
"""

def budget(t, t_init, t_final, b_init, b_target):
    left = min(1.0, max(0.0, (t_final - t) / (t_final - t_init)))
    b = b_target + round(b_init * left**3)         # (F4)
    return b
