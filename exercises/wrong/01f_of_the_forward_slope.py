"""The square root belongs to the forward slope, whose error is of first order. Here h^3 stands alone, hence a cube root.

fails at: best_step (differences:D5)
cause: the wrong order
"""

def best_central_step(f, third, eps=2.0**-52):
    best_step = 2 * (eps * abs(f) / abs(third)) ** 0.5 if third else float("inf")       # (D5)
    return best_step
