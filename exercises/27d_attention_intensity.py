"""What bounds an operation: its arithmetic, or its traffic with memory. A roofline (Williams, Waterman and Patterson 2009).

    m, k, n: a product of (m, k) and (k, n)   b: bytes a value   T: tokens   D: head size   p: passes over the (T, T) scores
    peak: operations a second that the processor can do   band: bytes a second that its memory can move

    (I1)  operations  =  2 m k n
    (I2)  bytes       =  b (m k + k n + m n)                   every value is moved once
    (I3)  intensity   =  operations / bytes
    (I4)  rate        =  min(peak, band intensity)
    (I5)  seconds     =  max(operations / peak, bytes / band)  = operations / rate
    (I6)  attention   =  ...

An operation is a multiplication or an addition. Where peak = band intensity the roof has its ridge: left of it memory decides,
right of it arithmetic. A fused attention has p = 0, since its scores never leave the processor.

Exercise 27d, lesson 27: Operations a byte of attention.
Write attention_intensity. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 27d       tests this file
    minilora exercise hint 27d        one hint more, each time
"""


def attention_intensity(T, D, passes, itemsize=4):
    """Operations a byte of attention's two products for one head. passes: how often the scores go to memory or come back."""
    # (I6)  attention =
    raise NotImplementedError("27d: write attention_intensity")
