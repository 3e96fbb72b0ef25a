"""Where the starts of LoRA's family point at the first step, and what DoRA's length takes from a gradient.

    G: (out, in), dL/dW of a layer on a batch   A: (r, in)   B: (out, r)   V = W + s B A   n: (out,), the lengths of V's rows

    the first step of W is, but for its length   G A^T A + B B^T G,   or   G A^+ A   where A is frozen and B's gradient projected
"""

import copy

import numpy as np

from minilora import lowrank
from minilora.adapters import EVA, LoRA, LoRAFA, LoRAGA, OLoRA, PiSSA, adapters_of, inject
from minilora.adapters.evidence import gather

STARTS = {"LoRA": LoRA, "LoRA-FA": LoRAFA, "OLoRA": OLoRA, "PiSSA": PiSSA, "EVA": EVA, "LoRA-GA": LoRAGA}
DRAWN = "LoRA", "LoRA-FA"                               # the others draw nothing


def gradients(model, layers, batch):
    """{name: G}, in float64. layers: {name: layer}."""
    return {name: G.astype("float64") for name, G in gather(model, LoRAGA(), layers, batch).items()}


def cosine(a, b):
    """The cosine of the angle between two arrays of one shape."""
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


def cosines(model, layers, batch, seeds, r=8):
    """{start: the cosines of the first step of W to G}, one for each layer and, where a start is drawn, each seed.

    Besides: "two random bases", A and B both random and orthonormal; "the bound", the best matrix of rank 2r.
    """
    full, rng = gradients(model, layers, batch), np.random.default_rng(0)
    found = {"two random bases": []}
    for G in full.values():
        A, B = (np.linalg.qr(rng.standard_normal((side, r)))[0] for side in G.shape[::-1])
        found["two random bases"].append(cosine(G @ A @ A.T + B @ B.T @ G, G))
    for name, kind in STARTS.items():
        found[name] = []
        for seed in seeds if name in DRAWN else seeds[:1]:
            started = copy.deepcopy(model)
            inject(started, kind(r, r), list(layers), rng=seed, batch=batch if kind.evidence else None)
            for layer, *_, adapter in adapters_of(started):
                G, A, B = full[layer], adapter.A.data.astype("float64"), adapter.B.data.astype("float64")
                step = G @ np.linalg.pinv(A) @ A if kind is LoRAFA else G @ A.T @ A + B @ B.T @ G
                found[name].append(cosine(step, G))
    return found | {"the bound": [cosine(lowrank.truncate(G, 2 * r), G) for G in full.values()]}


def of_dora(model, base, layers, batch):
    """[(layer, share, cosine)] for a model with DoRA, not detached: the share of G' along V's rows; of dB to the detached dB.

    G' is the gradient of W' = m / n V, which is put into the layers of `base`, a copy. ValueError where the geometry's
    formulas, dB = s D A^T with D = m / n (G' less its part along V) and dm = that part, are not what backward leaves.
    """
    model.zero_grad()
    model.loss(*batch)
    model.backward()
    twin, rows = copy.deepcopy(base), []
    parts = {name: part for name, part in twin.named_layers() if name in layers}
    for name, layer, _, adapter in adapters_of(model):
        parts[name].W.data = layer.W.data + adapter.delta(layer.W.data)
    full = gradients(twin, parts, batch)
    for name, layer, _, adapter in adapters_of(model):
        A, B, m, W = (array.astype("float64") for array in (*(p.data for p in adapter.parameters()), layer.W.data))
        V, G = W + adapter.scale * B @ A, full[name]
        n = np.linalg.norm(V, axis=1, keepdims=True)
        along = (G * V / n).sum(axis=1, keepdims=True)
        exact = adapter.scale * (m[:, None] / n * (G - along * V / n)) @ A.T
        for formula, left in ((exact, adapter.B.grad), (along[:, 0], adapter.m.grad)):
            if not np.allclose(formula, left, rtol=1e-3, atol=1e-4 * abs(formula).max()):
                raise ValueError(f"{name}: the gradient is not what the formula says, off by {abs(formula - left).max():.1e}")
        share = float((along * along).sum() / (G * G).sum())
        rows.append((name, share, cosine(exact, adapter.scale * (m[:, None] / n * G) @ A.T)))
    return rows
