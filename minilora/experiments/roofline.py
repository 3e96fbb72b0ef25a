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

from time import process_time


def product_intensity(m, k, n, itemsize=4):
    """Operations a byte of the product of (m, k) and (k, n)."""
    operations = 2 * m * k * n  # (I1)
    traffic = itemsize * (m * k + k * n + m * n)  # (I2)
    return operations / traffic  # (I3)


def attention_intensity(T, D, passes, itemsize=4):
    """Operations a byte of attention's two products for one head. passes: how often the scores go to memory or come back."""
    return 4 * T * T * D / (itemsize * (4 * T * D + passes * T * T))  # (I6)


def attainable(intensity, peak, band):
    """The rate, in operations a second, that a machine can reach at this intensity."""
    return min(peak, band * intensity)  # (I4)


def bound_seconds(operations, traffic, peak, band):
    """The least time that so many operations and so many bytes take, if both go on at once."""
    return max(operations / peak, traffic / band)  # (I5)


def seconds_each(function, rounds=5, at_least=0.02):
    """[seconds of one call, one for each round], by the processor's time for this process; a round lasts `at_least` seconds.

    The process's own time, since other programs on the machine would be in the wall clock's.
    """
    function()
    found = []
    for _ in range(rounds):
        calls, spent, start = 0, 0.0, process_time()
        while calls == 0 or spent < at_least:
            function()
            calls += 1
            spent = process_time() - start
        found.append(spent / calls)
    return found
