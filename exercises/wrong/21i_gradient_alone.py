"""The gradient alone is taken: a parameter near zero would count although nothing changes without it.

fails at: I (training.adalora:F1), U (training.adalora:F2)
cause: factor left out
"""

def importance(I, U, theta, g, beta):
    now = abs(g)
    I = beta * I + (1 - beta) * now                     # (F1)
    U = beta * U + (1 - beta) * abs(now - I)            # (F2)
    return I, U
