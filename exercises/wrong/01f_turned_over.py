"""|f| and f''' are exchanged. The larger the third derivative, the shorter the step has to be.

fails at: best_step (differences:D5)
cause: turned over
"""

def best_central_step(f, third, eps=2.0**-52):
    best_step = (3 * eps * abs(third) / abs(f)) ** (1 / 3) if third else float("inf")       # (D5)
    return best_step
