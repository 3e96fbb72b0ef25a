"""The gradient is divided by n before it is squared, so that h is n times too small.

fails at: h (scores:F7)
cause: one n too many
"""

def with_batch(mean, square, g_b, n):
    g = mean + g_b / n
    h = square + (g_b / n) ** 2  # (F7)
    return g, h
