"""DoRA: the length of each row of the adapted matrix is learned apart from its direction (Liu et al. 2024, arXiv 2402.09353).

    y0, y, dy: (..., out)   x: (..., in)   W: (out, in)   A: (r, in)   B: (out, r)   m: (out,)   s = alpha / r

    forward   (F1)  V  = W + s B A                      (out, in)
              (F2)  n_i = norm of row i of V            (out,)
              (F3)  Z  = x A^T                          (..., r)
              (F4)  u  = y0 + s Z B^T, which is x V^T where y0 = x W^T
              (F5)  y  = g u,  g = m / n
    backward  (B1)  dy0 = ...
              (B2)  dZ = ...                         (..., r)
              (B3)  dx = ...
              (B4)  dg = ...            (out,)
              (B5)  dm = ...
              (B6)  dn = ...                      (out,)
              (B7)  dW = ...      (out, in)
              (B8)  dA = ...
              (B9)  dB = ...

y0 is what the layer computed without its bias, an input of its own: dx and dW hold only what does not pass through it, and the
layer adds dy0 W and dy0^T x. With detached=True n counts as a constant: dV = 0, and B7 to B9 shrink to LoRA's terms.

V is formed, at the memory of one W. n^2 can be had from the rows of W, W A^T, A A^T and B without it, but it takes as many
products, and is then a sum of terms that cancel. No row of V may be zero. At m = n and B = 0, as training begins, y = y0.

Exercise 20a, lesson 20: The DoRA linear, forward and exact backward.
Write dora_forward and dora_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 20a       tests this file
    minilora exercise hint 20a        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import row_product, rows, wanted


def row_norms(V):
    """n, (out,)."""
    return get_array_module(V).sqrt((V * V).sum(axis=1))


def dora_forward(y0, x, W, A, B, m, s=1.0, detached=False):
    """y = m / n * (y0 + s (x A^T) B^T). The cache holds x, Z, u, A, B, V, n, g, s and detached."""
    # (F1)  V =
    # (F2)  n_i =
    # (F3)  Z =
    # (F4)  u =
    # (F5)  y =
    raise NotImplementedError("20a: write dora_forward")


def dora_backward(dy, cache, needs=None):
    """The gradients dy0, dx, dW, dA, dB, dm. Where n is a constant, dW is zero."""
    # (B1)  dy0 =
    # (B2)  dZ =
    # (B3)  dx =
    # (B8)  dA =
    # (B9)  dB =
    # (B4)  dg =
    # (B5)  dm =
    # (B6)  dn =
    # (B7)  dW =
    raise NotImplementedError("20a: write dora_backward")


def dora_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5):
    return {
        "y0": rng.standard_normal((N, T, n_out)),
        "x": rng.standard_normal((N, T, n_in)),
        "W": rng.standard_normal((n_out, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),           # not zero: B = 0 would hide every mistake in dA
        "m": rng.standard_normal(n_out),
    }
