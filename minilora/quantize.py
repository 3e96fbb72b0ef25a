"""Weights in 8 or 4 bits: absmax, and NF4 with double quantisation (Dettmers et al. 2023, arXiv 2305.14314, section 3).

    W: (..., n), each row cut into blocks of `block` values, the last one shorter where n is no multiple
    a: (..., number of blocks), float32, the scales

    (Q1)  a      =  max |w| over the block
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
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from minilora import backend

BLOCK = 64
SCALES_BLOCK = 256
Q = {8: 127, 4: 7}
ZERO = 7  # NF4's code for 0


LAST = 1 - (1 / 30 + 1 / 32) / 2  # of the probabilities whose quantiles are NF4's levels


def normal_levels(last=LAST, above=8, below=ZERO):
    """The levels as a tuple of below + 1 + above numbers, rising from -1 to 1, with an exact 0."""
    quantile = NormalDist().inv_cdf

    def side(steps):
        return [quantile(0.5 + (last - 0.5) * i / steps) / quantile(last) for i in range(1, steps + 1)]  # (Q5)

    return (*(-level for level in reversed(side(below))), 0.0, *side(above))  # (Q5)


NF4_LEVELS = normal_levels()


@dataclass(frozen=True, eq=False)
class Quantized:
    """What stands for a W: its codes (two to a byte if they have 4 bits), its scales, and W's shape, dtype and block."""

    codes: object
    scales: object
    shape: tuple
    dtype: object
    block: int

    @property
    def nbytes(self):
        """The memory that codes and scales take."""
        return self.codes.nbytes + self.scales.nbytes

    @property
    def bits_per_value(self):
        """Bits of memory for each value of W."""
        return 8 * self.nbytes / math.prod(self.shape)


@dataclass(frozen=True, eq=False)
class Absmax(Quantized):
    """By `quantize_absmax`. codes: int8 (..., n), or 4 bits in uint8 (..., ceil(n / 2)). scales: float32, (..., blocks)."""

    bits: int


@dataclass(frozen=True, eq=False)
class NF4(Quantized):
    """By `quantize_nf4`. codes: uint8 (..., ceil(n / 2)). scales: float32 (..., blocks), or an Absmax of all a - mean."""

    mean: float | None

    @property
    def double(self):
        """Whether the scales are quantised too (Q6)."""
        return self.mean is not None

    @property
    def nbytes(self):
        return super().nbytes + (4 if self.double else 0)  # the mean is a float32

    levels = NF4_LEVELS
    offsets = None

    @property
    def a(self):
        """The scales as numbers: float32 (..., blocks), none negative."""
        if not self.double:
            return self.scales
        return scales_from_8_bits(self.scales.codes, self.scales.scales, self.mean).reshape(*self.codes.shape[:-1], -1)


def quantize_absmax(W, bits=8, block=BLOCK):
    """The Absmax of W (..., n), float32 or float64, in 8 or 4 bits (Q1, Q4).

    block: values to a scale, counted along the last axis; or "row" for one scale a row, "whole" for a single one.
    ValueError if W is quantised already, is no array of floats, or holds NaN or infinity; or for other bits or blocks.
    """
    if bits not in Q:
        raise ValueError(f"bits must be 8 or 4, got {bits!r}")
    _refuse(W)
    width = W.shape[-1] if block in ("row", "whole") else _admit_block(block)
    a = block_scales(W, width)
    if block == "whole":
        a = a.max(keepdims=True)
    k = absmax_codes(W, a, bits, width)
    codes = k if bits == 8 else pack((k + Q[4]).astype("uint8"))
    return Absmax(codes, a, tuple(W.shape), W.dtype, width, bits)


def dequantize_absmax(quantized):
    """W_hat of an Absmax: W's shape and dtype (Q3)."""
    k = quantized.codes if quantized.bits == 8 else unpack(quantized.codes, quantized.shape[-1]).astype("int8") - Q[4]
    return absmax_values(k, quantized.scales.astype(quantized.dtype), quantized.bits, quantized.block)


def quantize_nf4(W, block=BLOCK, double=True):
    """The NF4 of W (..., n), float32 or float64 (Q1, Q2, Q5). block: values to a scale. double: quantise the scales too (Q6).

    ValueError if W is quantised already, is no array of floats, or holds NaN or infinity.
    """
    _refuse(W)
    xp, block = backend.get_array_module(W), _admit_block(block)
    a = scales = block_scales(W, block)
    mean = None
    if double:
        flat = a.reshape(-1)
        mean = backend.item(flat.mean())
        scales = quantize_absmax(flat - mean, 8, SCALES_BLOCK)  # (Q6)
        held = scales_from_8_bits(scales.codes, scales.scales, mean).reshape(a.shape)
        a = a * (held > 0)  # a block whose scale is lost is 0: let its codes say so
    codes = nearest_codes(_relative(W, a, block), xp.asarray(NF4_LEVELS, dtype=W.dtype))  # (Q2)
    return NF4(pack(codes), scales, tuple(W.shape), W.dtype, block, mean)


def dequantize_nf4(quantized):
    """W_hat of an NF4: W's shape and dtype (Q3)."""
    n, dtype = quantized.shape[-1], quantized.dtype
    return spread(quantized.a.astype(dtype), quantized.block, n) * nf4_levels(quantized.codes, n, dtype)  # (Q3)


def block_scales(W, block):
    """The scale of each block of W (..., n), `block` values of a row: float32 (..., number of blocks). ValueError for NaN."""
    xp = backend.get_array_module(W)
    with backend.quiet():
        a = xp.abs(cut(W, block)).max(axis=-1).astype("float32")  # (Q1)
    if not backend.item(xp.isfinite(a).all()):
        raise ValueError("W holds NaN, infinity or a value beyond float32: it has no scale; look for where it came from")
    return a


def absmax_codes(W, a, bits, block):
    """The whole numbers k from -Q to Q for W (..., n) with scales a (..., blocks): int8 (..., n). 0 in a block of zeros."""
    return backend.get_array_module(W).rint(_relative(W, a, block) * Q[bits]).astype("int8")  # (Q4)


def absmax_values(k, a, bits, block):
    """What k (..., n), int8, and the scales a (..., blocks) stand for: w_hat (..., n), in a's dtype."""
    return spread(a, block, k.shape[-1]) * (k.astype(a.dtype) / Q[bits])  # (Q3)


def scales_from_8_bits(k, outer, mean):
    """The scales a (n,) that double quantisation gives back: k (n,), int8, their codes; outer (ceil(n / 256),), the scales' own.

    None is negative: that would turn the signs of a block of tiny values.
    """
    a = absmax_values(k, outer, 8, SCALES_BLOCK) + mean  # (Q6)
    return backend.get_array_module(a).maximum(a, 0)


def nearest_codes(relative, levels):
    """For each value of relative (..., n) the number of the level nearest to it, uint8 (..., n). levels: (L,), rising."""
    between = (levels[:-1] + levels[1:]) / 2
    return backend.get_array_module(relative).searchsorted(between, relative).astype("uint8")  # (Q2)


def nf4_levels(codes, n, dtype):
    """The level of each code: packed (..., ceil(n / 2)) to (..., n)."""
    xp = backend.get_array_module(codes)
    return xp.take(xp.asarray(NF4_LEVELS, dtype=dtype), unpack(codes, n))


def pack(codes):
    """Codes in 0 .. 15, uint8 (..., n), two to a byte, the first in the high bits: (..., ceil(n / 2)). After an odd n, a 0."""
    padded = cut(codes, 2)
    return padded[..., 0] << 4 | padded[..., 1]  # (Q7)


def unpack(packed, n):
    """The n codes of each row that `pack` packed: uint8 (..., n)."""
    pairs = backend.get_array_module(packed).stack([packed >> 4, packed & 15], axis=-1)  # (Q8)
    return pairs.reshape(*packed.shape[:-1], -1)[..., :n]


def cut(a, block):
    """(..., n) in blocks: (..., ceil(n / block), block), with zeros after the last value."""
    missing = -a.shape[-1] % block
    if missing:
        a = backend.get_array_module(a).pad(a, [(0, 0)] * (a.ndim - 1) + [(0, missing)])
    return a.reshape(*a.shape[:-1], -1, block)


def spread(scales, block, n):
    """A scale for each value: (..., blocks) to (..., n)."""
    return backend.get_array_module(scales).repeat(scales, block, axis=-1)[..., :n]


def _refuse(W):
    """ValueError unless W is a float32 or float64 array that is not empty."""
    if isinstance(W, Quantized):
        raise ValueError(f"W is quantised already, as {type(W).__name__}: take it as it is, or dequantise it first")
    backend.get_array_module(W)
    if W.dtype.kind in "iu":
        raise ValueError(f"W holds whole numbers ({W.dtype}), as codes of what is quantised already; give W as float32")
    if str(W.dtype) not in ("float32", "float64") or not W.size or not W.ndim:
        raise ValueError(f"W must be a float32 or float64 array that is not empty, got {W.dtype} of shape {tuple(W.shape)}")


def _admit_block(block):
    if isinstance(block, bool) or not isinstance(block, int) or block < 1:
        raise ValueError(f"block must be a whole number of at least 1 (for absmax also 'row' or 'whole'), got {block!r}")
    return block


def _relative(W, a, block):
    """w / a; 0 in a block of zeros."""
    xp = backend.get_array_module(W)
    return W / spread(xp.where(a > 0, a, math.inf), block, W.shape[-1])
