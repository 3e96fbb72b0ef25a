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
    backward  (B1)  dv  = ...
              (B2)  dPd = ...
              (B3)  dP  = ...
              (B4)  dscores = ...
              (B5)  dq  = ...
              (B6)  dk  = ...

    masks     (F5)  causal  = 0 where s <= t + S - T, minus infinity elsewhere                (T, S)
              (F6)  padding = 0 where mask, minus infinity elsewhere                          (N, S)

The G = H/K query heads of a group are stacked along T, so that all of them meet their key head in one product; then dk and dv sum
over the group by themselves.

Exercise 07a, lesson 07: Scaled dot-product attention, forward and backward.
Write attention_forward and attention_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 07a       tests this file
    minilora exercise hint 07a        one hint more, each time
"""

import math

from minilora.backend import get_array_module
from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import wanted


def attention_forward(q, k, v, mask=None, keep=None, causal=True, p=0.0):
    """y = softmax(q k^T / sqrt(D)) v. The cache holds q / sqrt(D), k, v, P, Pd (the heads stacked) and dropout's cache."""
    # (F1)  scores =
    # (F2)  P =
    # (F3)  Pd =
    # (F4)  y =
    raise NotImplementedError("07a: write attention_forward")


def attention_backward(dy, cache, needs=None):
    """The gradients dq, dk, dv."""
    # (B1)  dv =
    # (B2)  dPd =
    # (B3)  dP =
    # (B4)  dscores =
    # (B5)  dq =
    # (B6)  dk =
    raise NotImplementedError("07a: write attention_backward")


def masked_softmax(scores, out=None):
    """Softmax over the last axis. A row of minus infinities becomes zeros instead of 0/0. out: the array to write into."""
    xp = get_array_module(scores)
    lowest = float(xp.finfo(scores.dtype).min)
    P = xp.subtract(scores, xp.maximum(scores.max(axis=-1, keepdims=True), lowest), out=out)
    P = xp.exp(P, out=P)
    P /= xp.maximum(P.sum(axis=-1, keepdims=True), 1)   # (F2): the sum is at least exp(0) = 1 where any key is seen
    return P


def causal_bias(like, T, S):
    """(T, S): 0 where query t may see key s, minus infinity above the diagonal that ends in the last corner."""
    xp = get_array_module(like)
    return xp.triu(xp.full((T, S), -math.inf, dtype=like.dtype), k=S - T + 1)      # (F5)


def mask_bias(like, mask):
    """0 where mask is True, minus infinity where it is False."""
    xp = get_array_module(like)
    bias = xp.zeros(mask.shape, dtype=like.dtype)
    bias[~mask] = -math.inf                             # (F6)
    return bias


def attention_inputs(rng, N=3, H=4, K=2, T=5, S=5, D=7):
    """Grouped heads and a padding mask; one key at least is hidden, no query loses all its keys, and not all see one alone."""
    mask = rng.random((N, S)) < 0.7
    mask[0, -1], mask[:, 0], mask[-1, :2] = False, True, True
    return {
        "q": rng.standard_normal((N, H, T, D)),
        "k": rng.standard_normal((N, K, S, D)),
        "v": rng.standard_normal((N, K, S, D)),
        "mask": mask,
    }


def attention_bidirectional_inputs(rng, N=2, H=3, T=5, S=7, D=11, p=0.3):
    """A head for each query head, more keys than queries, and dropout."""
    return {
        "q": rng.standard_normal((N, H, T, D)),
        "k": rng.standard_normal((N, H, S, D)),
        "v": rng.standard_normal((N, H, S, D)),
        "keep": rng.random((N, H, T, S)) >= p,
    }
