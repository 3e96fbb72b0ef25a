"""The gradient alone is taken: a parameter near zero would count although nothing changes without it.

fails at: I (training.adalora:F2), U (training.adalora:F3)
cause: factor left out
"""

def importance(I, U, theta, g, beta):
    now = abs(g)
    I = beta * I + (1 - beta) * now                     # (F2)
    U = beta * U + (1 - beta) * abs(now - I)            # (F3)
    return I, U
