"""Weights in 8 or 4 bits: absmax, and NF4 with double quantisation (Dettmers et al. 2023, arXiv 2305.14314, section 3).

    W: (..., n), each row cut into blocks of `block` values, the last one shorter where n is no multiple
    a: (..., number of blocks), float32, the scales

    (Q1)  a      =  ...
    (Q2)  code   =  the number of the level nearest to w / a, which lies in [-1, 1]
    (Q3)  w_hat  =  a level[code]

What differs is the levels. Absmax has evenly spaced ones, k / Q for whole k from -Q to Q, Q = 127 (8 bits) or 7 (4 bits), so

    (Q4)  k      =  round(Q w / a)

NF4 has 16 that stand close where a normal distribution has much of its mass: quantiles, on either side of an exact 0,

    (Q5)  level  =  Phi^-1(p) / Phi^-1(last), p in equal steps from 1/2 to last = 1 - (1/30 + 1/32) / 2 = .9677083
                    8 steps above zero and 7, mirrored, below, so that each side ends at 1 or -1

A float32 scale costs 32 / 64 = .5 bits a value in blocks of 64. Double quantisation holds the scales in 8 bits themselves,

    (Q6)  a      =  mean(a) + absmax in 8 bits of (a - mean(a)), in blocks of 256

which costs 8 / 64 + 32 / (64 256) = .127 bits a value. Codes of 4 bits lie two to a byte,

    (Q7)  byte   =  16 first + second
    (Q8)  codes  =  byte // 16 and byte mod 16

Since -1, 0 and 1 are levels, (Q1) finds a again in w_hat, bit for bit: quantising w_hat in the same blocks changes nothing, as
long as the scales are held in full.

Exercise 22f, lesson 22: A scale for each block.
Write block_scales. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 22f       tests this file
    minilora exercise hint 22f        one hint more, each time
"""

from minilora import backend


def block_scales(W, block):
    """The scale of each block of W (..., n), `block` values of a row: float32 (..., number of blocks). ValueError for NaN."""
    # (Q1)  a =
    raise NotImplementedError("22f: write block_scales")


def cut(a, block):
    """(..., n) in blocks: (..., ceil(n / block), block), with zeros after the last value."""
    missing = -a.shape[-1] % block
    if missing:
        a = backend.get_array_module(a).pad(a, [(0, 0)] * (a.ndim - 1) + [(0, missing)])
    return a.reshape(*a.shape[:-1], -1, block)
