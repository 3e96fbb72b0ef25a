"""h is the square of the mean gradient; it is the mean of the squares.

fails at: h (scores:F7)
cause: mean and square exchanged
"""

def with_batch(mean, square, g_b, n):
    g = mean + g_b / n
    h = g * g  # (F7)
    return g, h
