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
from minilora.ops.form import row_product, rows, wanted
from minilora.quantize import NF4_LEVELS, cut, spread

PART = 1 << 20  # values that are dequantised at a time: 4 MiB of float32, which stay in cache


def quantized_linear_forward(x, codes, scales, offsets=None, b=None, levels=NF4_LEVELS, block=64):
    """y = x W_hat^T + b. The cache holds x, codes, scales, offsets, whether there was a b, levels and block; not W_hat."""
    xp, n = get_array_module(x), x.shape[-1]
    dtype = xp.result_type(x, scales)
    y = xp.empty((*x.shape[:-1], len(codes)), dtype=dtype)
    for part, W_hat in dequantized_parts(codes, scales, offsets, levels, block, n, dtype):
        y[..., part] = row_product(x, W_hat.T)          # (F2)
    if b is not None:
        y += b                                          # (F2)
    return y, (x, codes, scales, offsets, b is not None, levels, block)


def quantized_linear_backward(dy, cache, needs=None):
    """The gradients dx, dscales, doffsets, db; doffsets and db are None where there were none."""
    x, codes, scales, offsets, has_bias, levels, block = cache
    n, dx, dscales, doffsets, db = x.shape[-1], None, None, None, None
    if wanted(needs, "x"):
        for part, W_hat in dequantized_parts(codes, scales, offsets, levels, block, n, dy.dtype):
            product = row_product(dy[..., part], W_hat)
            dx = product if dx is None else dx + product                    # (B1)
    has_offsets = offsets is not None
    if wanted(needs, "scales") or has_offsets and wanted(needs, "offsets"):
        dW_hat = rows(dy).T @ rows(x)
    if wanted(needs, "scales"):
        dscales = cut(dW_hat * code_levels(codes, levels, n, dy.dtype), block).sum(axis=-1)     # (B2)
    if has_offsets and wanted(needs, "offsets"):
        doffsets = cut(dW_hat, block).sum(axis=-1)      # (B3)
    if has_bias and wanted(needs, "b"):
        db = rows(dy).sum(axis=0)                       # (B4)
    return dx, dscales, doffsets, db


def dequantize_blocks(codes, scales, offsets, levels, block, n, dtype):
    """The rows W_hat (..., n) of codes, with scales and offsets (..., blocks)."""
    W_hat = spread(scales.astype(dtype), block, n) * code_levels(codes, levels, n, dtype)  # (F1)
    if offsets is not None:
        W_hat += spread(offsets.astype(dtype), block, n)  # (F1)
    return W_hat


def dequantized_parts(codes, scales, offsets, levels, block, n, dtype):
    """The rows of W_hat (rows, n), some at a time: a slice of rows and their values. The whole never stands in memory."""
    step = max(1, PART // n)
    for part in (slice(start, start + step) for start in range(0, len(codes), step)):
        some = None if offsets is None else offsets[part]
        yield part, dequantize_blocks(codes[part], scales[part], some, levels, block, n, dtype)


def code_levels(codes, levels, n, dtype):
    """The level of each code: packed (..., ceil(n / 2)) to (..., n); with levels None the code itself, (..., n)."""
    if levels is None:
        return codes.astype(dtype)
    xp = get_array_module(codes)
    pairs = xp.asarray([(first, second) for first in levels for second in levels], dtype=dtype)  # what each byte stands for
    return xp.take(pairs, codes, axis=0).reshape(*codes.shape[:-1], -1)[..., :n]


def quantized_linear_inputs(rng, N=2, T=3, n_in=17, n_out=7):
    """Blocks of 4, the last of a row shorter."""
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "codes": rng.integers(0, 256, (n_out, (n_in + 1) // 2), dtype="uint8"),
        "scales": rng.standard_normal((n_out, (n_in + 3) // 4)),
        "offsets": rng.standard_normal((n_out, (n_in + 3) // 4)),
        "b": rng.standard_normal(n_out),
    }
