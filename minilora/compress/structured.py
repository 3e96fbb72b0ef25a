"""Structured pruning: whole attention heads and MLP rows taken out, so that the model is really smaller and faster.

    H query heads, K key heads, G = H/K   D head size   F rows of the MLP   C channels

    A unit of attention is a key head with its G query heads; where H = K, it is a head. Unit j owns

        rows j G D .. (j+1) G D of q,  rows j D .. (j+1) D of k and of v,  columns j G D .. (j+1) G D of o.

    A unit of the MLP is a row: row j of up (and gate), column j of down.

    (F1)  score of a unit  =  sum of the scores of the weights that it owns
    (F2)  values of a unit of attention  =  2 (G + 1) D C  + (G + 2) D  with biases
    (F3)  values of a row  =  2 C  + 1 with a bias             swiglu:  3 C  + 2 with biases

Every block keeps as many units as every other, so that a TransformerConfig still describes the model: D stays, H, K and F fall.
The sum of F1 takes each weight for itself; what a head does as a whole may be more or less than that.
"""

from dataclasses import replace

from minilora import backend
from minilora.adapters.inject import adapters_of
from minilora.nn.transformer import Transformer


def head_scores(model, scores):
    """One array (K,) a block: the score of each unit of attention (F1).

    scores: {parameter name: array} with all matrices of attention, as of `score_weights`; ValueError if one is missing.
    """
    return _unit_scores(model, scores, _attention, model.config.n_kv_heads)


def row_scores(model, scores):
    """One array (F,) a block: the score of each row of the MLP (F1). scores: as for `head_scores`, with those of the MLP."""
    return _unit_scores(model, scores, _mlp, model.config.d_mlp)


def highest(unit_scores, keep):
    """For each block the `keep` units with the highest scores, as a rising list of numbers, ready for `shrink`.

    ValueError unless 1 <= keep <= number of units.
    """
    if not 1 <= keep <= len(unit_scores[0]):
        raise ValueError(f"keep must be from 1 to {len(unit_scores[0])}, the units of a block, got {keep}")
    chosen = []
    for s in unit_scores:
        values = backend.asnumpy(s).tolist()
        chosen.append(sorted(sorted(range(len(values)), key=values.__getitem__, reverse=True)[:keep]))
    return chosen


def unit_sums(s, axis, start, width, n):
    """What n units own in one matrix (n,): unit j the scores s from start + j width up to start + (j+1) width along the axis."""
    along = s.sum(axis=1 - axis)
    sums = along[start : start + n * width].reshape(n, width).sum(axis=1)  # (F1)
    return sums


def unit_values(C, D, G, attn_bias, mlp_bias, gate):
    """How many values go with a unit of attention, and with a row of the MLP: two whole numbers. The last three: 0 or 1."""
    attention = 2 * (G + 1) * D * C + (G + 2) * D * attn_bias  # (F2)
    row = (2 + gate) * C + (1 + gate) * mlp_bias  # (F3)
    return attention, row


def shrink(model, heads=None, rows=None, rng=0):
    """A new Transformer with only these units of attention and rows of the MLP, its weights copied. `model` is left alone.

    heads, rows: for each block the units to keep, as of `highest`; None keeps all. rng: an int or a NumPy Generator, for dropout.
    It is a model of its own: train it with an optimiser of its own. ValueError if the blocks keep different numbers of units, or
    a unit is listed twice or does not exist. RuntimeError while adapters hang in the model.
    """
    if adapters_of(model):
        name = adapters_of(model)[0][2]
        raise RuntimeError(f"the model has an adapter {name!r}, whose shapes would not fit: merge and remove it before shrink")
    c = model.config
    heads = _admit("heads", heads, c.n_layers, c.n_kv_heads)
    rows = _admit("rows", rows, c.n_layers, c.d_mlp)
    sizes = {"n_heads": len(heads[0]) * c.n_heads // c.n_kv_heads, "n_kv_heads": len(heads[0]), "d_mlp": len(rows[0])}
    smaller = Transformer(replace(c, **sizes), rng=rng, dtype=model.dtype)
    kept = {}  # {parameter name: its values, less what is cut out}
    for i, units in enumerate(zip(heads, rows, strict=True)):
        for owned, chosen in zip((_attention(c), _mlp(c)), units, strict=True):
            for layer, axis, spans in owned:
                kept |= _cut(model.blocks[i], layer, axis, spans, chosen)
    for (name, to), (_, source) in zip(smaller.named_parameters(), model.named_parameters(), strict=True):
        to.data = kept.get(name, source.data)
        to.trainable = source.trainable
    return smaller.train() if model.training else smaller.eval()


def _attention(c):
    """(layer, axis, spans) of each matrix that a unit of attention owns parts of.

    spans: (start, width); unit j owns start + j width .. start + (j+1) width of the axis.
    """
    G, D = c.n_heads // c.n_kv_heads, c.d_head
    q, kv = G * D, D
    yield "attn.o", 1, [(0, q)]
    if c.fused_qkv:  # rows of q, then of k, then of v
        HD, KD = c.n_heads * D, c.n_kv_heads * D
        yield "attn.qkv", 0, [(0, q), (HD, kv), (HD + KD, kv)]
    else:
        yield from (("attn.q", 0, [(0, q)]), ("attn.k", 0, [(0, kv)]), ("attn.v", 0, [(0, kv)]))


def _mlp(c):
    """The same of a row of the MLP."""
    yield "mlp.down", 1, [(0, 1)]
    yield from ((f"mlp.{layer}", 0, [(0, 1)]) for layer in (("gate", "up") if c.mlp == "swiglu" else ("up",)))


def _unit_scores(model, scores, owned, n):
    found = []
    for i in range(model.config.n_layers):
        total = 0
        for layer, axis, spans in owned(model.config):
            name = f"blocks.{i}.{layer}.W"
            if name not in scores:
                raise ValueError(f"scores must have {name!r}, as a unit owns part of it; score all layers of the blocks")
            for start, width in spans:
                total = total + unit_sums(scores[name], axis, start, width, n)
        found.append(total)
    return found


def _cut(block, layer, axis, spans, chosen):
    """{parameter name: array}: one layer's matrix, and its bias where the axis is that of its outputs, with the chosen units."""
    linear = dict(block.named_layers())[layer]
    at = [start + j * width + d for start, width in spans for j in chosen for d in range(width)]
    xp = backend.get_array_module(linear.W.data)
    at = xp.asarray(at)
    parts = {linear.W.name: linear.W.data[at] if axis == 0 else linear.W.data[:, at]}
    if axis == 0 and linear.b is not None:
        parts[linear.b.name] = linear.b.data[at]
    return parts


def _admit(what, chosen, n_layers, n):
    """The units to keep, a list a block."""
    if chosen is None:
        return [list(range(n))] * n_layers
    chosen = [list(units) for units in chosen]
    if len(chosen) != n_layers:
        raise ValueError(f"{what} must list the units to keep for each of {n_layers} blocks, got {len(chosen)} lists")
    for units in chosen:
        if not units or len({*units}) < len(units) or not {*units} <= {*range(n)}:
            raise ValueError(f"{what} must be different numbers from 0 to {n - 1}, at least one a block, got {units}")
        if len(units) != len(chosen[0]):
            counts = ", ".join(str(len(units)) for units in chosen)
            raise ValueError(f"{what} must keep as many units in every block, as one config describes them all, got {counts}")
    return chosen
