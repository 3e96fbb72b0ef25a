"""The two slopes are exchanged: the wide one gets the large weight, and the error grows where it should cancel.

fails at: value (differences:D3)
cause: exchanged
"""

def richardson(wide, narrow, q, k=2):
    value = (wide - q**k * narrow) / (1 - q**k)     # (D3)
    return value
