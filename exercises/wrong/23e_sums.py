"""Sums for means: neither is divided by the number of batches.

fails at: g (scores:F7), h (scores:F7)
cause: a sum for a mean
"""

def with_batch(mean, square, g_b, n):
    g = mean + g_b
    h = square + g_b * g_b  # (F7)
    return g, h
