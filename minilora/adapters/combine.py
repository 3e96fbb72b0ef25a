"""Several adapters as one: the weighted sum of their changes of W, by their factors or by its SVD.

    adapter i: s_i B_i A_i   w_i: its weight   D = sum over i  w_i s_i B_i A_i   e_i = sqrt(abs(w_i s_i))

    share    (C4)  A_i', B_i' = e_i A_i, sign(w_i s_i) e_i B_i:    B_i' A_i' = w_i s_i B_i A_i;    below, all are shared
    cat      (C1)  A = [A_1; A_2; ...],  B = [B_1, B_2, ...]:    B A = D, of the sum of the ranks
    linear   (C2)  A = A_1 + A_2 + ...,  B = B_1 + B_2 + ...:    B A = D + the cross terms of all pairs
             (C5)  cross terms of 1 and 2 = B_1 A_2 + B_2 A_1
    svd      (C3)  A, B = of the best matrix of rank r, balanced:    norm_F(B A - D)^2 = sum over i > r  sigma_i^2

The best matrix of a product B A of rank R needs no (out, in) matrix: with B = Q_B R_B and A^T = Q_A R_A the product is
Q_B (R_B R_A^T) Q_A^T, and the (R, R) matrix between the Qs, whose columns are orthonormal, has all its singular values.
An adapter that starts away from zero, s (B A - B0 A0), has the factors [A; A0] and [B, -B0], and so twice the rank.
"""

import math
from functools import reduce
from itertools import combinations
from numbers import Real

from minilora import backend, lowrank
from minilora.adapters.inject import adapters_of, hang, refuse_layers
from minilora.adapters.lora import LoRA, LoRAAdapter
from minilora.adapters.store import base_of
from minilora.adapters.switch import disable, refuse_merged
from minilora.nn.embedding import Embedding

HOW = ("cat", "linear", "svd")


def combine(model, names, weights=None, how="cat", r=None, name="combined"):
    """Hang a new LoRA adapter `name` that stands for the weighted sum of others, and switch these off.

    names: the adapters, such as ("code", "prose"); a layer that only some of them are in takes the sum of those. weights: a
    number for each, 1 if None, times what `weigh` set. how: "cat" is exact; "linear" keeps the rank and adds cross terms; "svd"
    is the best of rank r, and takes every method whose changes of W add up. The new one learns, all else is frozen. Biases that
    were trained along are the model's own and stay as they are.

    Returns a dict for each layer: "layer"; "r"; "wanted", norm_F of the sum; "error", norm_F of what the new adapter adds less
    the sum; "cross", {(name, name): norm_F of the pair's cross terms}, empty but for "linear".

    ValueError, with nothing changed, for names, weights or ranks that do not fit, for a method that `how` cannot take, and for
    adapters that were trained on different bases, where one that came from no folder has the model as it is for its base, and for
    a sum of zero that leaves nothing to learn; RuntimeError while one is merged.
    """
    weights = _weights(names, weights)
    found = [entry for key in weights for entry in adapters_of(model, key)]
    base = _base(model, found)
    _refuse(found, how, r)
    sources = {}  # {layer name: {adapter name: (layer, adapter)}}
    for layer_name, layer, key, adapter in found:
        sources.setdefault(layer_name, {})[key] = layer, adapter
    combined = {key: _combine(key, sources[key], weights, how, r) for key in sources}
    ranks = {key: row["r"] for key, (_, row) in combined.items()}
    most = max(ranks.values())
    spec = LoRA(most, most, rank_pattern=ranks, alpha_pattern=ranks)  # s = alpha / r = 1 in every layer
    layers = {key: layer for key, layer in model.named_layers() if key in sources}
    refuse_layers(model, spec, layers, name)
    hang(model, spec, layers, name, {key: arrays for key, (arrays, _) in combined.items()})
    for *_, adapter in adapters_of(model, name):
        adapter.base = base
    for key in weights:
        disable(model, key)
    return [combined[key][1] for key in layers]


def share(A, B, ws):
    """e A and e B, with the sign of ws in B: their product is ws B A, and neither has grown against the other."""
    e = math.sqrt(abs(ws))
    return e * A, math.copysign(e, ws) * B  # (C4)


def cat(A1, B1, A2, B2):
    """A and B with B A = B1 A1 + B2 A2. The ranks may differ, and add up."""
    xp = backend.get_array_module(A1, B1, A2, B2)
    return xp.concatenate([A1, A2]), xp.concatenate([B1, B2], axis=1)  # (C1)


def added(A1, B1, A2, B2):
    """A and B of the rank that both have, and their cross terms (out, in): B A = B1 A1 + B2 A2 + cross terms."""
    cross_terms = B1 @ A2 + B2 @ A1  # (C5)
    return A1 + A2, B1 + B2, cross_terms  # (C2)


def recut(A, B, r):
    """A (r, in) and B (out, r) of the best matrix of rank r for B A, balanced as in lowrank.factors. r is at most A's rows."""
    xp = backend.get_array_module(A, B)
    Q_B, R_B = xp.linalg.qr(B)
    Q_A, R_A = xp.linalg.qr(A.T)
    A, B = lowrank.factors(R_B @ R_A.T, r)
    return A @ Q_A.T, Q_B @ B  # (C3)


def _combine(layer_name, sources, weights, how, r):
    """({leaf: array}, the row) of one layer."""
    D = sum(weights[key] * _delta(layer, adapter) for key, (layer, adapter) in sources.items())
    factors = {key: _factors(adapter, weights[key]) for key, (_, adapter) in sources.items() if isinstance(adapter, LoRAAdapter)}
    ranks = {key: len(A) for key, (A, _) in factors.items()}
    total, cross = sum(ranks.values()), {}
    if how != "linear":
        _refuse_rank(layer_name, how, total if r is None else r, D)
    if how == "linear":
        if len(set(ranks.values())) > 1:
            raise ValueError(f"how='linear' adds factors of one rank, in {layer_name} they have {ranks}: take 'cat' or 'svd'")
        A, B = (sum(parts) for parts in zip(*factors.values(), strict=True))  # (C2)
        cross = {(i, j): _norm(added(*factors[i], *factors[j])[2]) for i, j in combinations(factors, 2)}
    elif how == "svd" and (len(factors) < len(sources) or r > total):
        A, B = lowrank.factors(D, r)  # (C3)
    else:
        A, B = reduce(lambda one, two: cat(*one, *two), factors.values())  # (C1)
        A, B = recut(A, B, r) if how == "svd" else (A, B)
    if _norm(A) == _norm(B) == 0:
        raise ValueError(f"the sum is zero in {layer_name}, and with A = B = 0 nothing would ever learn: give other weights")
    row = {"layer": layer_name, "r": len(A), "wanted": _norm(D), "error": _norm(B @ A - D), "cross": cross}
    return {"A": A, "B": B}, row


def _delta(layer, adapter):
    """What the adapter adds, (out, in): an embedding's table is stored the other way round."""
    return adapter.delta().T if isinstance(layer, Embedding) else adapter.delta()


def _factors(adapter, weight):
    """A and B, shared, with B A = what the adapter adds, times its weight."""
    A, B = adapter.A.data, adapter.B.data
    if hasattr(adapter, "A0"):
        A, B = cat(A, B, adapter.A0.data, -adapter.B0.data)
    return share(A, B, weight * adapter.scale)


def _norm(D):
    return math.sqrt(backend.item((D * D).sum()))


def _weights(names, weights):
    """{adapter name: weight}."""
    given = isinstance(names, tuple | list) and names and all(isinstance(name, str) for name in names)
    if not given or len(set(names)) < len(names):
        raise ValueError(f"names must be one or more different adapters, such as ('code', 'prose'), got {names!r}")
    weights = [1.0] * len(names) if weights is None else weights
    if isinstance(weights, str) or not hasattr(weights, "__len__") or len(weights) != len(names):
        raise ValueError(f"weights must be a number for each of the {len(names)} names, got {weights!r}")
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, Real) or not math.isfinite(weight):
            raise ValueError(f"weights must be finite numbers, got {weight!r}")
    return dict(zip(names, map(float, weights), strict=True))


def _refuse(found, how, r):
    if how not in HOW:
        raise ValueError(f"how must be one of {', '.join(HOW)}, got {how!r}")
    if (r is None) == (how == "svd") or isinstance(r, bool) or not isinstance(r, int | None):
        wanted = "an integer, the rank that the svd is cut to" if how == "svd" else f"None: how={how!r} gives the rank"
        raise ValueError(f"r must be {wanted}, got {r!r}")
    refuse_merged(found, "combine")
    for *_, key, adapter in found:
        if not adapter.spec.additive:
            raise ValueError(f"adapter {key!r} is {adapter.spec.method}, whose change of W does not add up with others")
        if how != "svd" and not isinstance(adapter, LoRAAdapter):
            raise ValueError(f"adapter {key!r} is {adapter.spec.method}, which has no factors A and B for {how!r}: take 'svd'")


def _refuse_rank(layer_name, how, r, D):
    if not 1 <= r <= min(D.shape):
        room = f"between 1 and min(in, out)={min(D.shape)}"
        raise ValueError(f"the rank of {layer_name} must be {room}, got {r} by how={how!r}: take 'svd' with an r that fits")


def _base(model, found):
    """The fingerprints of the base that the adapters were trained on; None if all were trained here."""
    bases = {key: adapter.base for *_, key, adapter in found}
    loaded = next((base for base in bases.values() if base), None)
    if loaded is None:
        return None
    here = None if all(bases.values()) else base_of(model)
    known = {key: base or here for key, base in bases.items()}
    for (one, base), (two, other) in combinations(known.items(), 2):
        differ = next((p for p in base if p in other and base[p] != other[p]), None)
        if differ:
            raise ValueError(f"adapters {one!r} and {two!r} were trained on different bases: {differ} was not the same for both")
    return loaded
