"""What is in the weights of a real model: singular values beside those of noise, truncation, and what an adapter changes."""

from functools import cache

import numpy as np

from minilora import backend, lowrank
from minilora.adapters import adapters_of
from minilora.experiments import runs
from minilora.experiments.analysis import truncation_curve
from minilora.nn.recording import recorded
from minilora.ops.form import rows

KINDS = ("attn.q", "attn.k", "attn.v", "attn.o", "mlp.gate", "mlp.up", "mlp.down")
RANKS = (48, 96, 192, 384)
LAYERS = (0, 5, 10, 15, 20, 25, 29)  # whose change is compared with W


def against_noise(name, W, rounding=None, rng=None):
    """A matrix's singular values beside those of noise.

    {"name", "values", "shuffled", "bulk", "rounding"}: each of the three (sigma, edge, how many values such noise does not
    explain, by noise:N5). shuffled: the noise that W's own entries would be in random places. bulk: the noise that the median of
    its singular values tells of (noise:N4). rounding: of this standard deviation, if given. rng: to shuffle the entries indeed,
    for "shuffled values".
    """
    noises = {"shuffled": float(np.sqrt(np.mean(W * W))), "bulk": None} | ({"rounding": rounding} if rounding else {})
    row = {"name": name, "values": lowrank.singular_values(W).tolist()}
    for key, sigma in noises.items():
        count, _, sigma = lowrank.beyond_noise(W, sigma)
        row[key] = (sigma, lowrank.noise_edges(*W.shape, sigma)[1], count)
    if rng is not None:
        row["shuffled values"] = lowrank.singular_values(rng.permutation(W.ravel()).reshape(W.shape)).tolist()
    return row


def rounding_std(quantized):
    """The standard deviation of what rounding to even levels took off, if an error is anything within half a step alike.

    quantized: the Blocks of a file; the scale is the step.
    """
    a = backend.asnumpy(quantized.a).astype(float)
    return float(np.sqrt(np.mean(a * a) / 12))


def grams(model, names, windows):
    """{name: X^T X, (in, in)} of the inputs of these layers, over the windows."""
    found = dict.fromkeys(names, 0.0)

    def note(name, layer, x, y):
        if name in found:
            X = rows(backend.asnumpy(x))
            found[name] = found[name] + X.T @ X

    with recorded(model.eval(), note):
        for inputs, _ in windows:
            model.features(inputs)
    return found


def cutter(gram=None):
    """cut(name, W, rank) for `truncation_curve`: plain, or weighed by the inputs (weighted:W2); one decomposition a matrix."""

    def root(G):
        values, Q = np.linalg.eigh(G.astype(float))
        return Q * np.sqrt(np.maximum(values, 0))

    @cache
    def directions(name):
        W = current[name]
        return lowrank.svd(W if gram is None else W @ root(gram[name]))[0].astype(W.dtype)

    current = {}

    def cut(name, W, rank):
        current[name] = W
        U_r = directions(name)[:, :rank]
        return U_r @ (U_r.T @ W)

    return cut


def of_kind(model, kind):
    """The names of the blocks' matrices of one kind, from the first block to the last."""
    return [f"blocks.{i}.{kind}" for i in range(model.config.n_layers)]


def truncated(model, windows, seen, kinds=KINDS, ranks=RANKS):
    """{"uncut": loss, "curves": {kind: {"plain", "activation": [{rank, loss}]}}}: all matrices of a kind cut to a rank.

    windows: what the loss is of. seen: windows that tell what inputs come.
    """
    curves = {}
    for kind in kinds:
        names = of_kind(model, kind)
        possible = [rank for rank in ranks if rank < min(dict(model.named_layers())[names[0]].W.shape)]
        ways = {"plain": cutter(), "activation": cutter(grams(model, names, seen))}
        curves[kind] = {way: truncation_curve(model, windows, possible, names, cut) for way, cut in ways.items()}
    return {"uncut": runs.held_out_loss(model, windows), "curves": curves}


def changed(model, layers=LAYERS, run="LoRA"):
    """What the adapter in the model does to W, for q and v of some blocks: rows as of the analysis `amplification`, and cosines.

    {"rows": [...], "cosines": {name: (10,) to W's own directions}, "random": the same with a change of the same singular values
    in random directions}.
    """
    found, rng = {"rows": [], "cosines": {}, "random": {}}, np.random.default_rng(0)
    for name, layer, _, adapter in adapters_of(model):
        if int(name.split(".")[1]) not in layers:
            continue
        W, delta = layer.W.data.astype(float), backend.asnumpy(adapter.delta()).astype(float)
        r = adapter.spec.r
        found["rows"].append({"run": run, "r": r, "name": name, **lowrank.amplification(W, delta, r)._asdict()})
        sigma = lowrank.singular_values(delta)[:r]
        U, V = (np.linalg.qr(rng.standard_normal((side, r)))[0] for side in W.shape)
        for key, change in (("cosines", delta), ("random", U * sigma @ V.T)):
            found[key][name] = lowrank.intruder_dimensions(W, W + change).cosines.tolist()
    return found
