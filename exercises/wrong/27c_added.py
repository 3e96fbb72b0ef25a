"""Both times are added up. Computing and moving go on at once, so the longer one decides.

fails at: seconds (roofline:I5)
cause: a sum in the place of a maximum
"""


def bound_seconds(operations, traffic, peak, band):
    return operations / peak + traffic / band
