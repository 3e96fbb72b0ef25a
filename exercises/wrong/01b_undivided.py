"""The error cancels, and with it q^k of the slope itself, which is not made up for.

fails at: value (differences:D3)
cause: a factor forgotten
"""

def richardson(wide, narrow, q, k=2):
    value = narrow - q**k * wide     # (D3)
    return value
