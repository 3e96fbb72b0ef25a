"""What the batches before had added up to is dropped.

fails at: g (scores:F7), h (scores:F7)
cause: written for added
"""

def with_batch(mean, square, g_b, n):
    g = g_b / n
    h = g_b * g_b / n  # (F7)
    return g, h
