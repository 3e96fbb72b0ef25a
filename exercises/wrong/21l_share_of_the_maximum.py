"""Entries above a share of the largest are kept. The share is one of their number.

fails at: keep (relora:F4)
cause: share of what
"""

def largest(m, share):
    size = abs(m)
    keep = size >= share * size.max()                   # (F4)
    return keep
