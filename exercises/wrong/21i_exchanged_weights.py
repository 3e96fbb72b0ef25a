"""The new value has the weight beta and the old mean 1 - beta: it forgets almost all at each step.

fails at: I (training.adalora:F1), U (training.adalora:F2)
cause: weights exchanged
"""

def importance(I, U, theta, g, beta):
    now = abs(theta * g)
    I = (1 - beta) * I + beta * now                     # (F1)
    U = beta * U + (1 - beta) * abs(now - I)            # (F2)
    return I, U
