"""Affine map whose matrix is held in 4 bits, as QLoRA's base is (Dettmers et al. 2023, arXiv 2305.14314).

    x: (..., in)   y, dy: (..., out)   b: (out,) or None   block: values to a scale, along a row of W
    codes: (out, ceil(in / 2)) uint8, two to a byte   scales: (out, ceil(in / block))

    forward   (F1)  W_hat = scales[o, i // block] level[codes[o, i]]       the 16 levels of NF4: see minilora.quantize
              (F2)  y  = x W_hat^T + b
    backward  (B1)  dx = ...
              (B2)  dscales = ...
              (B3)  db = ...

Between forward and backward only codes and scales are kept: a cached W_hat would cost the memory that 4 bits save. Codes are
whole numbers and have no gradient. QLoRA freezes the scales too, and never asks for dscales.

Exercise 22a, lesson 22: the linear layer with a matrix in 4 bits.
Write quantized_linear_forward and quantized_linear_backward.
What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 22a       tests this file
    minilora exercise hint 22a        one hint more, each time
"""

from minilora.ops.form import row_product, rows, wanted
from minilora.quantize import cut, nf4_levels, spread


def quantized_linear_forward(x, codes, scales, b=None, block=64):
    """y = x W_hat^T + b. The cache holds x, codes, scales, whether there was a b, and block; not W_hat."""
    # (F1)  W_hat =
    # (F2)  y =
    raise NotImplementedError("22a: write quantized_linear_forward")


def quantized_linear_backward(dy, cache, needs=None):
    """The gradients dx, dscales, db; db is None where there was no b."""
    # (B1)  dx =
    # (B2)  dscales =
    # (B3)  db =
    raise NotImplementedError("22a: write quantized_linear_backward")


def quantized_linear_inputs(rng, N=2, T=3, n_in=17, n_out=7):
    """Blocks of 4, the last of a row shorter."""
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "codes": rng.integers(0, 256, (n_out, (n_in + 1) // 2), dtype="uint8"),
        "scales": rng.standard_normal((n_out, (n_in + 3) // 4)),
        "b": rng.standard_normal(n_out),
    }
