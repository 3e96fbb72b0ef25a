"""LoHa: the elementwise product of two low-rank matrices, whose rank can reach r1 r2 (Hyeon-Woo et al. 2021, arXiv 2108.06098).

    x: (..., in)   A1: (r1, in)   B1: (out, r1)   A2: (r2, in)   B2: (out, r2)   y, dy: (..., out)   s: the scale
    p: dropout, in [0, 1)   keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd  = x keep / (1 - p)
              (F2)  W1  = B1 A1,  W2 = B2 A2            (out, in)
              (F3)  D   = W1 W2, entry by entry         (out, in), Delta W = s D
              (F4)  y   = s xd D^T
    backward  (B1)  dD  = s sum over rows  dy^T xd      (out, in)
              (B2)  dW1 = dD W2, entry by entry
              (B3)  dW2 = dD W1, entry by entry
              (B4)  dB1 = dW1 A1^T
              (B5)  dA1 = B1^T dW1
              (B6)  dB2 = dW2 A2^T
              (B7)  dA2 = B2^T dW2
              (B8)  dxd = s dy D
              (B9)  dx  = dxd keep / (1 - p)

D is formed, and so is dD. An elementwise product does not let x through to one factor after the other, as (x A^T) B^T does. The
way around takes each row of A1 with each row of A2: r1 r2 (in + out) products for each row of x, soon more than the in out of D.
LoHa saves trained values, not products. With A2 = 0, as training begins, y = 0 and only dA2 is not zero.
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import register, row_product, rows, wanted


def loha_forward(x, A1, B1, A2, B2, keep=None, s=1.0, p=0.0):
    """y = s x ((B1 A1) * (B2 A2))^T. The cache holds xd, the factors, W1, W2, D, s and dropout's cache (None without a mask)."""
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    W1, W2 = B1 @ A1, B2 @ A2                           # (F2)
    D = W1 * W2                                         # (F3)
    y = row_product(xd, s * D.T)                        # (F4)
    return y, (xd, A1, B1, A2, B2, W1, W2, D, s, dropped)


def loha_backward(dy, cache, needs=None):
    """The gradients dx, dA1, dB1, dA2, dB2."""
    xd, A1, B1, A2, B2, W1, W2, D, s, dropped = cache
    dx = dA1 = dB1 = dA2 = dB2 = None
    if any(wanted(needs, name) for name in ("A1", "B1", "A2", "B2")):
        dD = s * (rows(dy).T @ rows(xd))                # (B1)
    if wanted(needs, "A1") or wanted(needs, "B1"):
        dW1 = dD * W2                                   # (B2)
        dB1 = dW1 @ A1.T if wanted(needs, "B1") else None       # (B4)
        dA1 = B1.T @ dW1 if wanted(needs, "A1") else None       # (B5)
    if wanted(needs, "A2") or wanted(needs, "B2"):
        dW2 = dD * W1                                   # (B3)
        dB2 = dW2 @ A2.T if wanted(needs, "B2") else None       # (B6)
        dA2 = B2.T @ dW2 if wanted(needs, "A2") else None       # (B7)
    if wanted(needs, "x"):
        dx = row_product(dy, s * D)                     # (B8)
        if dropped is not None:
            (dx,) = dropout_backward(dx, dropped)       # (B9)
    return dx, dA1, dB1, dA2, dB2


def loha_inputs(rng, N=2, T=3, n_in=7, n_out=11, r1=4, r2=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A1": rng.standard_normal((r1, n_in)),
        "B1": rng.standard_normal((n_out, r1)),
        "A2": rng.standard_normal((r2, n_in)),          # not zero: A2 = 0 would hide every mistake but those in dA2
        "B2": rng.standard_normal((n_out, r2)),
        "keep": rng.random((N, T, n_in)) >= p,
    }


register("loha", loha_forward, loha_backward, loha_inputs, lesson="21", s=1.4, p=0.3)
