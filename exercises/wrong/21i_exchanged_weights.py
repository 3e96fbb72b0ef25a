"""The new value has the weight beta and the old mean 1 - beta: it forgets almost all at each step.

fails at: I (training.adalora:F2), U (training.adalora:F3)
cause: weights exchanged
"""

def importance(I, U, theta, g, beta):
    now = abs(theta * g)
    I = (1 - beta) * I + beta * now                     # (F2)
    U = beta * U + (1 - beta) * abs(now - I)            # (F3)
    return I, U
