"""The cubic goes on outside of its span: before t_init there are more triplets than there are, after t_final fewer than
wanted.

fails at: b (training.adalora:F4)
cause: not clamped
"""

def budget(t, t_init, t_final, b_init, b_target):
    left = (t_final - t) / (t_final - t_init)
    b = b_target + round((b_init - b_target) * left**3)         # (F4)
    return b
