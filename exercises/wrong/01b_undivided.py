"""The error cancels, and with it q^2 of the slope itself, which is not made up for.

fails at: value (differences:D3)
cause: a factor forgotten
"""

def richardson(wide, narrow, q):
    value = narrow - q * q * wide     # (D3)
    return value
