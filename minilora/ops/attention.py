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
              (F6)  padding = 0 where mask, minus infinity elsewhere                          (N, S)

The G = H/K query heads of a group are stacked along T, so that all of them meet their key head in one product; then dk and dv sum
over the group by themselves.
"""

import math

from minilora.backend import get_array_module
from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import register, wanted


def attention_forward(q, k, v, mask=None, keep=None, causal=True, p=0.0):
    """y = softmax(q k^T / sqrt(D)) v. The cache holds q / sqrt(D), k, v, P, Pd (the heads stacked) and dropout's cache."""
    N, H, T, D = q.shape
    K, S = k.shape[1:3]
    qs = (q * (1 / math.sqrt(D))).reshape(N, K, H // K * T, D)
    scores = qs @ k.swapaxes(-1, -2)                    # (F1)
    if causal and T > 1:
        xp = get_array_module(q)
        scores += xp.tile(causal_bias(q, T, S), (H // K, 1))            # (F1)
    if mask is not None:
        scores += mask_bias(q, mask)[:, None, None, :]  # (F1)
    P = masked_softmax(scores, out=scores)              # (F2)
    Pd, dropped = (P, None) if keep is None else dropout_forward(P, keep.reshape(P.shape), p)   # (F3)
    y = Pd @ v                                          # (F4)
    return y.reshape(N, H, T, D), (qs, k, v, P, Pd, dropped)


def attention_backward(dy, cache, needs=None):
    """The gradients dq, dk, dv."""
    qs, k, v, P, Pd, dropped = cache
    shape, scale = dy.shape, 1 / math.sqrt(dy.shape[-1])
    dy = dy.reshape(qs.shape)
    dq = dk = dv = None
    if wanted(needs, "v"):
        dv = Pd.swapaxes(-1, -2) @ dy                   # (B1)
    if wanted(needs, "q") or wanted(needs, "k"):
        dP = dy @ v.swapaxes(-1, -2)                    # (B2)
        if dropped is not None:
            (dP,) = dropout_backward(dP, dropped)       # (B3)
        inner = get_array_module(P).einsum("...s,...s->...", P, dP)
        dP -= inner[..., None]                          # (B4)
        dscores = P * dP                                # (B4)
        if wanted(needs, "q"):
            dq = (dscores @ k * scale).reshape(shape)   # (B5)
        if wanted(needs, "k"):
            dk = dscores.swapaxes(-1, -2) @ qs          # (B6): qs carries the 1 / sqrt(D)
    return dq, dk, dv


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


register("attention", attention_forward, attention_backward, attention_inputs, lesson="07", causal=True)
register(
    "attention_bidirectional",
    attention_forward,
    attention_backward,
    attention_bidirectional_inputs,
    lesson="08",
    causal=False,
    p=0.3,
)
