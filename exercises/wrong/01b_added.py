"""The corrections are added. To cancel a common error, one has to be taken away from the other.

fails at: value (differences:D3)
cause: the wrong sign
"""

def richardson(wide, narrow, q, k=2):
    value = (narrow + q**k * wide) / (1 + q**k)     # (D3)
    return value
