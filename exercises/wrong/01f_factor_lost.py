"""The 6 of Taylor's formula is lost: the derivative of h^2 / 6 is h / 3, that of h^2 is 2 h.

fails at: best_step (differences:D5)
cause: a factor forgotten
"""

def best_central_step(f, third, eps=2.0**-52):
    best_step = (eps * abs(f) / (2 * abs(third))) ** (1 / 3) if third else float("inf")       # (D5)
    return best_step
