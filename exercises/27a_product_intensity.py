"""What bounds an operation: its arithmetic, or its traffic with memory. A roofline (Williams, Waterman and Patterson 2009).

    m, k, n: a product of (m, k) and (k, n)   b: bytes a value   T: tokens   D: head size   p: passes over the (T, T) scores
    peak: operations a second that the processor can do   band: bytes a second that its memory can move

    (I1)  operations  =  ...
    (I2)  bytes       =  ...
    (I3)  intensity   =  ...
    (I4)  rate        =  min(peak, band intensity)
    (I5)  seconds     =  max(operations / peak, bytes / band)  = operations / rate
    (I6)  attention   =  4 T T D / (b (4 T D + p T T))         the intensity of one head, forward

An operation is a multiplication or an addition. Where peak = band intensity the roof has its ridge: left of it memory decides,
right of it arithmetic. A fused attention has p = 0, since its scores never leave the processor.

Exercise 27a, lesson 27: Operations a byte of a matrix product.
Write product_intensity. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 27a       tests this file
    minilora exercise hint 27a        one hint more, each time
"""


def product_intensity(m, k, n, itemsize=4):
    """Operations a byte of the product of (m, k) and (k, n)."""
    # (I1)  operations =
    # (I2)  bytes =
    # (I3)  intensity =
    raise NotImplementedError("27a: write product_intensity")
