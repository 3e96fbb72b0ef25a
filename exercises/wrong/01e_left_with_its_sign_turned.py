"""The left slope goes from x to x - h in the values and back in the steps: its sign is turned, and the slopes add up.

fails at: jump (differences:D4)
cause: the wrong sign
"""

def slopes(f_up, f, f_down, up, x, down):
    forward = (f_up - f) / (up - x)                                 # (D1)
    central = (f_up - f_down) / (up - down)                       # (D2)
    jump = forward - (f_down - f) / (x - down)                      # (D4)
    return forward, central, jump
