"""What bounds an operation: its arithmetic, or its traffic with memory. A roofline (Williams, Waterman and Patterson 2009).

    m, k, n: a product of (m, k) and (k, n)   b: bytes a value   T: tokens   D: head size   p: passes over the (T, T) scores
    peak: operations a second that the processor can do   band: bytes a second that its memory can move

    (I1)  operations  =  2 m k n
    (I2)  bytes       =  b (m k + k n + m n)                   every value is moved once
    (I3)  intensity   =  operations / bytes
    (I4)  rate        =  min(peak, band intensity)
    (I5)  seconds     =  ...
    (I6)  attention   =  4 T T D / (b (4 T D + p T T))         the intensity of one head, forward

An operation is a multiplication or an addition. Where peak = band intensity the roof has its ridge: left of it memory decides,
right of it arithmetic. A fused attention has p = 0, since its scores never leave the processor.

Exercise 27c, lesson 27: The least time.
Write bound_seconds. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 27c       tests this file
    minilora exercise hint 27c        one hint more, each time
"""


def bound_seconds(operations, traffic, peak, band):
    """The least time that so many operations and so many bytes take, if both go on at once."""
    # (I5)  seconds =
    raise NotImplementedError("27c: write bound_seconds")
