"""Scaled dot-product attention, many heads, keys shared by groups of heads if there are fewer (Vaswani et al. 2017, arXiv
1706.03762, equation 1; Ainslie et al. 2023, arXiv 2305.13245).

    q, y, dy: (N, H, T, D)   k, v: (N, K, S, D), H a multiple of K; head h reads key head h // (H/K)
    mask: (N, S) booleans, False for a key that nobody may see (padding), or None
    keep: (N, H, T, S) booleans, dropout's mask on P, or None   p: dropout, in [0, 1)
    causal: query t sees the keys up to t + S - T, so that T queries may continue S - T earlier keys

    forward   (F1)  scores = q k^T / sqrt(D), minus infinity where a key may not be seen      (N, H, T, S)
              (F2)  P  = softmax(scores) over S; a query that sees no key gets P = 0
              (F3)  Pd = P keep / (1 - p)
              (F4)  y  = Pd v
    backward  (B1)  dv  = Pd^T dy
              (B2)  dPd = dy v^T
              (B3)  dP  = dPd keep / (1 - p)
              (B4)  dscores = P (dP - sum over S  P dP)
              (B5)  dq  = dscores k / sqrt(D)
              (B6)  dk  = dscores^T q / sqrt(D)

    masks     (F5)  causal  = 0 where s <= t + S - T, minus infinity elsewhere                (T, S)
              (F6)  padding = ...                          (N, S)

The G = H/K query heads of a group are stacked along T, so that all of them meet their key head in one product; then dk and dv sum
over the group by themselves.

Exercise 08d, lesson 08: Hiding padding.
Write mask_bias. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 08d       tests this file
    minilora exercise hint 08d        one hint more, each time
"""

import math

from minilora.backend import get_array_module


def mask_bias(like, mask):
    """0 where mask is True, minus infinity where it is False."""
    # (F6)  padding =
    raise NotImplementedError("08d: write mask_bias")
