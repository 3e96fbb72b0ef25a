"""Here both errors are equally large. Their sum is least where their slopes cancel: rounding is twice the truncation.

fails at: best_step (differences:D5)
cause: equal is not least
"""

def best_central_step(f, third, eps=2.0**-52):
    best_step = (6 * eps * abs(f) / abs(third)) ** (1 / 3) if third else float("inf")       # (D5)
    return best_step
