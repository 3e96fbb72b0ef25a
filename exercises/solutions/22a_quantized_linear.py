"""Affine map whose matrix is held in 4 bits, as QLoRA's base is (Dettmers et al. 2023, arXiv 2305.14314).

    x: (..., in)   y, dy: (..., out)   b: (out,) or None   block: values to a scale, along a row of W
    codes: (out, ceil(in / 2)) uint8, two to a byte   scales: (out, ceil(in / block))

    forward   (F1)  W_hat = scales[o, i // block] level[codes[o, i]]       the 16 levels of NF4: see minilora.quantize
              (F2)  y  = x W_hat^T + b
    backward  (B1)  dx = dy W_hat, with W_hat made again
              (B2)  dscales = sums over the blocks of  dW_hat level[codes],   dW_hat = sum over rows  dy^T x
              (B3)  db = sum over rows  dy

Between forward and backward only codes and scales are kept: a cached W_hat would cost the memory that 4 bits save. Codes are
whole numbers and have no gradient. QLoRA freezes the scales too, and never asks for dscales.
"""

from minilora.ops.form import row_product, rows, wanted
from minilora.quantize import cut, nf4_levels, spread


def quantized_linear_forward(x, codes, scales, b=None, block=64):
    """y = x W_hat^T + b. The cache holds x, codes, scales, whether there was a b, and block; not W_hat."""
    W_hat = spread(scales, block, x.shape[-1]) * nf4_levels(codes, x.shape[-1], scales.dtype)       # (F1)
    y = row_product(x, W_hat.T)                         # (F2)
    if b is not None:
        y += b                                          # (F2)
    return y, (x, codes, scales, b is not None, block)


def quantized_linear_backward(dy, cache, needs=None):
    """The gradients dx, dscales, db; db is None where there was no b."""
    x, codes, scales, has_bias, block = cache
    dx = dscales = db = None
    if wanted(needs, "x") or wanted(needs, "scales"):
        level = nf4_levels(codes, x.shape[-1], scales.dtype)
    if wanted(needs, "x"):
        dx = row_product(dy, spread(scales, block, x.shape[-1]) * level)    # (B1)
    if wanted(needs, "scales"):
        dW_hat = rows(dy).T @ rows(x)
        dscales = cut(dW_hat * level, block).sum(axis=-1)                   # (B2)
    if has_bias and wanted(needs, "b"):
        db = rows(dy).sum(axis=0)                       # (B3)
    return dx, dscales, db


def quantized_linear_inputs(rng, N=2, T=3, n_in=17, n_out=7):
    """Blocks of 4, the last of a row shorter."""
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "codes": rng.integers(0, 256, (n_out, (n_in + 1) // 2), dtype="uint8"),
        "scales": rng.standard_normal((n_out, (n_in + 3) // 4)),
        "b": rng.standard_normal(n_out),
    }
