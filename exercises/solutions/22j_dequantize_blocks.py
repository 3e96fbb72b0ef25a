"""Affine map whose matrix is held in few bits, as QLoRA's base is (Dettmers et al. 2023, arXiv 2305.14314).

    x: (..., in)   y, dy: (..., out)   b: (out,) or None   block: values to a scale, along a row of W
    codes: (out, ceil(in / 2)) uint8, two to a byte   levels: what the 16 codes stand for
    scales: (out, ceil(in / block))   offsets: the same shape, or None

    forward   (F1)  W_hat = scales[o, i // block] level[codes[o, i]] + offsets[o, i // block]
              (F2)  y  = x W_hat^T + b
    backward  (B1)  dx = dy W_hat, with W_hat made again
              (B2)  dscales = sums over the blocks of  dW_hat level[codes],   dW_hat = sum over rows  dy^T x
              (B3)  doffsets = sums over the blocks of  dW_hat
              (B4)  db = sum over rows  dy

NF4 has its own 16 levels (see minilora.quantize) and no offsets; GGUF's Q4_1 has even levels and offsets. levels None: codes are
int8, (out, in), and stand for themselves.

Between forward and backward only codes, scales and offsets are kept: a cached W_hat would cost the memory that they save. Codes
are whole numbers and have no gradient. QLoRA freezes the scales too, and never asks for dscales.
"""

from minilora.backend import get_array_module
from minilora.quantize import spread


def dequantize_blocks(codes, scales, offsets, levels, block, n, dtype):
    """The rows W_hat (..., n) of codes, with scales and offsets (..., blocks)."""
    W_hat = spread(scales.astype(dtype), block, n) * code_levels(codes, levels, n, dtype)  # (F1)
    if offsets is not None:
        W_hat += spread(offsets.astype(dtype), block, n)  # (F1)
    return W_hat


def code_levels(codes, levels, n, dtype):
    """The level of each code: packed (..., ceil(n / 2)) to (..., n); with levels None the code itself, (..., n)."""
    if levels is None:
        return codes.astype(dtype)
    xp = get_array_module(codes)
    pairs = xp.asarray([(first, second) for first in levels for second in levels], dtype=dtype)  # what each byte stands for
    return xp.take(pairs, codes, axis=0).reshape(*codes.shape[:-1], -1)[..., :n]
