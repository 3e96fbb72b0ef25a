"""The jump is measured from the central slope, the mean of both sides, and is half as large.

fails at: jump (differences:D4)
cause: a factor of two
"""

def slopes(f_up, f, f_down, up, x, down):
    forward = (f_up - f) / (up - x)                                 # (D1)
    central = (f_up - f_down) / (up - down)                       # (D2)
    jump = forward - central                      # (D4)
    return forward, central, jump
