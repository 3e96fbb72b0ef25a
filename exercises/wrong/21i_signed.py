"""theta g keeps its sign, so that rises and falls of the loss cancel in the mean.

fails at: I (training.adalora:F1)
cause: no absolute value
"""

def importance(I, U, theta, g, beta):
    now = theta * g
    I = beta * I + (1 - beta) * now                     # (F1)
    U = beta * U + (1 - beta) * abs(now - I)            # (F2)
    return I, U
