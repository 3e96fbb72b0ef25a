"""Three arrays of T D values move, q, k and v. The output is the fourth.

fails at: attention (roofline:I6)
cause: too few bytes
"""


def attention_intensity(T, D, passes, itemsize=4):
    return 4 * T * T * D / (itemsize * (3 * T * D + passes * T * T))
