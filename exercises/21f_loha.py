"""LoHa: the elementwise product of two low-rank matrices, whose rank can reach r1 r2 (Hyeon-Woo et al. 2021, arXiv 2108.06098).

    x: (..., in)   A1: (r1, in)   B1: (out, r1)   A2: (r2, in)   B2: (out, r2)   y, dy: (..., out)   s: the scale
    p: dropout, in [0, 1)   keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd  = x keep / (1 - p)
              (F2)  W1  = B1 A1,  W2 = B2 A2            (out, in)
              (F3)  D   = W1 W2, entry by entry         (out, in), Delta W = s D
              (F4)  y   = s xd D^T
    backward  (B1)  dD  = ...      (out, in)
              (B2)  dW1 = ...
              (B3)  dW2 = ...
              (B4)  dB1 = ...
              (B5)  dA1 = ...
              (B6)  dB2 = ...
              (B7)  dA2 = ...
              (B8)  dxd = ...
              (B9)  dx  = ...

D is formed, and so is dD. An elementwise product does not let x through to one factor after the other, as (x A^T) B^T does. The
way around takes each row of A1 with each row of A2: r1 r2 (in + out) products for each row of x, soon more than the in out of D.
LoHa saves trained values, not products. With A2 = 0, as training begins, y = 0 and only dA2 is not zero.

Exercise 21f, lesson 21: LoHa's path, forward and backward.
Write loha_forward and loha_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21f       tests this file
    minilora exercise hint 21f        one hint more, each time
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def loha_forward(x, A1, B1, A2, B2, keep=None, s=1.0, p=0.0):
    """y = s x ((B1 A1) * (B2 A2))^T. The cache holds xd, the factors, W1, W2, D, s and dropout's cache (None without a mask)."""
    # (F1)  xd =
    # (F2)  W1 =
    # (F3)  D =
    # (F4)  y =
    raise NotImplementedError("21f: write loha_forward")


def loha_backward(dy, cache, needs=None):
    """The gradients dx, dA1, dB1, dA2, dB2."""
    # (B1)  dD =
    # (B2)  dW1 =
    # (B4)  dB1 =
    # (B5)  dA1 =
    # (B3)  dW2 =
    # (B6)  dB2 =
    # (B7)  dA2 =
    # (B8)  dxd =
    # (B9)  dx =
    raise NotImplementedError("21f: write loha_backward")


def loha_inputs(rng, N=2, T=3, n_in=7, n_out=11, r1=4, r2=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A1": rng.standard_normal((r1, n_in)),
        "B1": rng.standard_normal((n_out, r1)),
        "A2": rng.standard_normal((r2, n_in)),          # not zero: A2 = 0 would hide every mistake but those in dA2
        "B2": rng.standard_normal((n_out, r2)),
        "keep": rng.random((N, T, n_in)) >= p,
    }
