"""The scores are taken to stay in the processor. Where they are not fused they go to memory and back at every pass.

fails at: attention (roofline:I6)
cause: too few bytes
"""


def attention_intensity(T, D, passes, itemsize=4):
    return 4 * T * T * D / (itemsize * 4 * T * D)
