"""theta g keeps its sign, so that rises and falls of the loss cancel in the mean.

fails at: I (training.adalora:F2)
cause: no absolute value
"""

def importance(I, U, theta, g, beta):
    now = theta * g
    I = beta * I + (1 - beta) * now                     # (F2)
    U = beta * U + (1 - beta) * abs(now - I)            # (F3)
    return I, U
