"""What bounds an operation: its arithmetic, or its traffic with memory. A roofline (Williams, Waterman and Patterson 2009).

    m, k, n: a product of (m, k) and (k, n)   b: bytes a value   T: tokens   D: head size   p: passes over the (T, T) scores
    peak: operations a second that the processor can do   band: bytes a second that its memory can move

    (I1)  operations  =  2 m k n
    (I2)  bytes       =  b (m k + k n + m n)                   every value is moved once
    (I3)  intensity   =  operations / bytes
    (I4)  rate        =  min(peak, band intensity)
    (I5)  seconds     =  max(operations / peak, bytes / band)  = operations / rate
    (I6)  attention   =  4 T T D / (b (4 T D + p T T))         the intensity of one head, forward

An operation is a multiplication or an addition. Where peak = band intensity the roof has its ridge: left of it memory decides,
right of it arithmetic. A fused attention has p = 0, since its scores never leave the processor.
"""


def attention_intensity(T, D, passes, itemsize=4):
    """Operations a byte of attention's two products for one head. passes: how often the scores go to memory or come back."""
    return 4 * T * T * D / (itemsize * (4 * T * D + passes * T * T))  # (I6)
