"""DoRA: the length of each row of the adapted matrix is learned apart from its direction (Liu et al. 2024, arXiv 2402.09353).

    y0, y, dy: (..., out)   x: (..., in)   W: (out, in)   A: (r, in)   B: (out, r)   m: (out,)   s = alpha / r

    forward   (F1)  V  = W + s B A                      (out, in)
              (F2)  n_i = norm of row i of V            (out,)
              (F3)  Z  = x A^T                          (..., r)
              (F4)  u  = y0 + s Z B^T, which is x V^T where y0 = x W^T
              (F5)  y  = g u,  g = m / n
    backward  (B1)  dy0 = du,  du = g dy
              (B2)  dZ = s du B                         (..., r)
              (B3)  dx = dZ A
              (B4)  dg = sum over rows  dy u            (out,)
              (B5)  dm = dg / n
              (B6)  dn = -dg g / n                      (out,)
              (B7)  dW = dV,  dV_i = dn_i V_i / n_i      (out, in)
              (B8)  dA = sum over rows  dZ^T x  + s B^T dV
              (B9)  dB = s sum over rows  du^T Z  + s dV A^T

y0 is what the layer computed without its bias, an input of its own: dx and dW hold only what does not pass through it, and the
layer adds dy0 W and dy0^T x. With detached=True n counts as a constant: dV = 0, and B7 to B9 shrink to LoRA's terms.

V is formed, at the memory of one W. n^2 can be had from the rows of W, W A^T, A A^T and B without it, but it takes as many
products, and is then a sum of terms that cancel. No row of V may be zero. At m = n and B = 0, as training begins, y = y0.
"""

from minilora.backend import get_array_module
from minilora.ops.form import row_product, rows, wanted


def row_norms(V):
    """n, (out,)."""
    return get_array_module(V).sqrt((V * V).sum(axis=1))


def dora_forward(y0, x, W, A, B, m, s=1.0, detached=False):
    """y = m / n * (y0 + s (x A^T) B^T). The cache holds x, Z, u, A, B, V, n, g, s and detached."""
    V = W + s * (B @ A)                                 # (F1)
    n = row_norms(V)                                    # (F2)
    Z = row_product(x, A.T)                             # (F3)
    u = y0 + row_product(s * Z, B.T)                    # (F4)
    g = m / n                                           # (F5)
    return g * u, (x, Z, u, A, B, V, n, g, s, detached)     # (F5)


def dora_backward(dy, cache, needs=None):
    """The gradients dy0, dx, dW, dA, dB, dm. Where n is a constant, dW is zero."""
    x, Z, u, A, B, V, n, g, s, detached = cache
    dy0 = dx = dW = dA = dB = dm = None
    length_moves = not detached and any(wanted(needs, name) for name in ("W", "A", "B"))
    du = dy * g                                         # (B1)
    if wanted(needs, "y0"):
        dy0 = du                                        # (B1)
    if wanted(needs, "x") or wanted(needs, "A"):
        dZ = s * row_product(du, B)                     # (B2)
    if wanted(needs, "x"):
        dx = row_product(dZ, A)                         # (B3)
    if wanted(needs, "A"):
        dA = rows(dZ).T @ rows(x)                       # (B8)
    if wanted(needs, "B"):
        dB = rows(du).T @ (s * rows(Z))                 # (B9)
    if wanted(needs, "m") or length_moves:
        dg = (rows(dy) * rows(u)).sum(axis=0)           # (B4)
    if wanted(needs, "m"):
        dm = dg / n                                     # (B5)
    if length_moves:
        dn = -dg * g / n                                # (B6)
        dV = (dn / n)[:, None] * V                      # (B7)
        dA = dA + s * (B.T @ dV) if wanted(needs, "A") else None    # (B8)
        dB = dB + s * (dV @ A.T) if wanted(needs, "B") else None    # (B9)
    if wanted(needs, "W"):
        dW = get_array_module(V).zeros_like(V) if detached else dV  # (B7)
    return dy0, dx, dW, dA, dB, dm


def dora_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5):
    return {
        "y0": rng.standard_normal((N, T, n_out)),
        "x": rng.standard_normal((N, T, n_in)),
        "W": rng.standard_normal((n_out, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),           # not zero: B = 0 would hide every mistake in dA
        "m": rng.standard_normal(n_out),
    }
