"""The central slope divides by one step. Between x - h and x + h lie two.

fails at: central (differences:D2)
cause: a factor of two
"""

def slopes(f_up, f, f_down, up, x, down):
    forward = (f_up - f) / (up - x)                                 # (D1)
    central = (f_up - f_down) / (up - x)                       # (D2)
    jump = forward - (f - f_down) / (x - down)                      # (D4)
    return forward, central, jump
