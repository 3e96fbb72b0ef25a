"""Both steps are taken to be as long as the right one. After rounding they are not, and what counts is the step taken.

fails at: central (differences:D2), jump (differences:D4)
cause: the step that was meant
"""

def slopes(f_up, f, f_down, up, x, down):
    forward = (f_up - f) / (up - x)                                 # (D1)
    central = (f_up - f_down) / (2 * (up - x))                       # (D2)
    jump = forward - (f - f_down) / (up - x)                      # (D4)
    return forward, central, jump
