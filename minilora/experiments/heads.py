"""What the heads of a model do: their attention weights, the habits among them, and the loss without each head."""

import numpy as np

from minilora.backend import asnumpy
from minilora.experiments.runs import held_out_loss


def attention_weights(model, ids):
    """P of every head, {(layer, head): (N, T, T)}, of a model in evaluation mode. ids: (N, T)."""
    model.forward(ids)
    weights = {}
    for layer, block in enumerate(model.blocks):
        (_, _, _, P, *_), _ = block.attn.take_cache()          # (N, K, G T, S): the heads of a group are stacked
        P = asnumpy(P).reshape(len(ids), model.config.n_heads, ids.shape[1], -1)
        weights |= {(layer, head): P[:, head] for head in range(P.shape[1])}
    return weights


def habits(P, ids):
    """Where a head looks, {habit: mean weight}, over the queries from the third position on. P: (N, T, T). ids: (N, T).

    "after a repeat" is the weight on positions j whose predecessor is the query's own character: ids[j - 1] = ids[t], j <= t.
    """
    T = ids.shape[1]
    t, j = np.indices((T, T))
    before = np.roll(ids, 1, axis=1)                                    # before[:, j] = ids[:, j - 1]; position 0 is left out
    places = {
        "itself": np.broadcast_to(j == t, P.shape),
        "one before": np.broadcast_to(j == t - 1, P.shape),
        "two before": np.broadcast_to(j == t - 2, P.shape),
        "the first": np.broadcast_to(j == 0, P.shape),
        "same earlier": (ids[:, None, :] == ids[:, :, None]) & (j < t),
        "after a repeat": (before[:, None, :] == ids[:, :, None]) & (j > 0) & (j <= t),
    }
    return {habit: float((P * place)[:, 2:].sum(axis=-1).mean()) for habit, place in places.items()}


def loss_without(model, heads, windows):
    """The held-out loss with the answers of some heads left out: the columns of o that read them are zero meanwhile.

    heads: (layer, head) pairs.
    """
    D, o = model.config.d_head, [block.attn.o.W for block in model.blocks]
    kept = [W.data.copy() for W in o]
    try:
        for layer, head in heads:
            without = o[layer].data.copy()
            without[:, head * D : (head + 1) * D] = 0
            o[layer].data = without
        return held_out_loss(model, windows)
    finally:
        for W, data in zip(o, kept, strict=True):
            W.data = data


def captured_by_rank(model, batch, ranks):
    """How much of the gradients of q, k and v low-rank changes can hold, if they share their A (fused) or do not.

    Returns {way: (numbers, shares)}, both with one entry for each rank: the numbers in A and B of a block, and the share of
    the squared length of the three gradients that the best change of that form holds, the mean over the blocks. Ways: "apart"
    (an A and a B for each of q, k, v), "fused" (one A, one B), "q and v" (apart, and nothing for k).
    """
    model.zero_grad()
    model.loss(*batch)
    model.backward()
    C, ways = model.config.d_model, {"apart": [], "fused": [], "q and v": []}
    for block in model.blocks:
        G = [asnumpy(getattr(block.attn, name).W.grad) for name in "qkv"]
        squares = [np.linalg.svd(g, compute_uv=False) ** 2 for g in (*G, np.concatenate(G))]
        q, k, v, fused = (np.cumsum(s) / squares[3].sum() for s in squares)
        ways["apart"].append([q[r - 1] + k[r - 1] + v[r - 1] for r in ranks])
        ways["fused"].append([fused[r - 1] for r in ranks])
        ways["q and v"].append([q[r - 1] + v[r - 1] for r in ranks])
    numbers = {"apart": 6 * C, "fused": 4 * C, "q and v": 4 * C}
    return {way: ([r * numbers[way] for r in ranks], np.mean(shares, axis=0).tolist()) for way, shares in ways.items()}
