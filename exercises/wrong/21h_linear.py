"""The budget falls along a line. It falls along a cubic: fast at first, and flat where it arrives.

fails at: b (training.adalora:F4)
cause: power left out
"""

def budget(t, t_init, t_final, b_init, b_target):
    left = min(1.0, max(0.0, (t_final - t) / (t_final - t_init)))
    b = b_target + round((b_init - b_target) * left)         # (F4)
    return b
