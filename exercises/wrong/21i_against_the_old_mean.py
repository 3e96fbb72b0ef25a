"""The uncertainty is taken against the mean before this step. It is against the new one.

fails at: U (training.adalora:F2)
cause: order of two lines
"""

def importance(I, U, theta, g, beta):
    now = abs(theta * g)
    U = beta * U + (1 - beta) * abs(now - I)            # (F2)
    I = beta * I + (1 - beta) * now                     # (F1)
    return I, U
