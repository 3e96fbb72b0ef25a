"""The two slopes are exchanged: the wide one gets the large weight, and the error grows where it should cancel.

fails at: value (differences:D3)
cause: exchanged
"""

def richardson(wide, narrow, q):
    value = (wide - q * q * narrow) / (1 - q * q)     # (D3)
    return value
