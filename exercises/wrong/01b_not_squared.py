"""q stands where q^k is due. The central slope's error is of second order: q cancels one of first order.

fails at: value (differences:D3)
cause: the wrong order
"""

def richardson(wide, narrow, q, k=2):
    value = (narrow - q * wide) / (1 - q)     # (D3)
    return value
