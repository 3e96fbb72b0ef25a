"""q^2 stands where q^k is due. That cancels the error of central slopes; in jumps, with k = 1, it is of first order.

fails at: value (differences:D3)
cause: the wrong order
"""

def richardson(wide, narrow, q, k=2):
    value = (narrow - q * q * wide) / (1 - q * q)     # (D3)
    return value
