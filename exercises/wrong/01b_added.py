"""The corrections are added. To cancel a common error, one has to be taken away from the other.

fails at: value (differences:D3)
cause: the wrong sign
"""

def richardson(wide, narrow, q):
    value = (narrow + q * q * wide) / (1 + q * q)     # (D3)
    return value
