"""What a truncation costs, for each kind of layer: plain, weighed by the Fisher information, or by the inputs that come."""

import numpy as np

from minilora import backend, lowrank
from minilora.adapters import ALL_LINEAR, match
from minilora.data import evaluation_windows
from minilora.experiments.analysis import powers_of_two, truncation_curve
from minilora.experiments.lowrank.analysis import Analysis
from minilora.nn import recorded
from minilora.ops.form import rows

WEIGHINGS = {"plain": "plain", "fisher": "Fisher-weighted (FWSVD)", "activation": "activation-aware"}


def measure(ground):
    """{"uncut": loss, "curves": {kind of layer, or "all": {weighing: [{rank, loss}]}}}: losses on held-out text of the base."""
    model, windows = ground.arena.model(), ground.arena.held_out["base"]
    cuts = ways_to_cut(*evidence(model, ground.arena))
    kinds = {"all": None}
    for name in ground.base:
        kinds.setdefault(name.split(".", 2)[2], []).append(name)
    ranks = powers_of_two(min(min(W.shape) for W in ground.base.values()))
    curves = {
        kind: {way: truncation_curve(model, windows, ranks, names, cut) for way, cut in cuts.items()}
        for kind, names in kinds.items()
    }
    return {"uncut": ground.base_losses["base"], "curves": curves}


def evidence(model, arena):
    """`evidence_over` windows of the text that it learned from, one by one."""
    windows = evaluation_windows(arena.ids["base.train"], arena.setting.block_size, arena.setting.windows, batch_size=1)
    return evidence_over(model, windows)


def evidence_over(model, windows):
    """({name: mean squared gradient of each entry}, {name: X^T X of its inputs}) over windows, batches of one each.

    The Fisher information is of single windows: in a batch, gradients would cancel before they are squared.
    """
    layers = match(model, ALL_LINEAR)
    fisher = {name: np.zeros(layer.W.data.shape) for name, layer in layers.items()}
    gram = {name: np.zeros((layer.W.data.shape[1],) * 2) for name, layer in layers.items()}

    def note(name, layer, x, y):
        if name in layers:
            X = rows(backend.asnumpy(x).astype(float))
            gram[name] += X.T @ X

    with recorded(model.eval(), note):
        for window in windows:
            model.zero_grad()
            model.loss(*window)
            model.backward()
            for name, layer in layers.items():
                g = backend.asnumpy(layer.W.grad).astype(float)
                fisher[name] += g * g / len(windows)
    return fisher, gram


def ways_to_cut(fisher, gram):
    """{weighing: cut(name, W, rank)}, for `truncation_curve`."""
    return {
        "plain": lambda name, W, rank: lowrank.truncate(W, rank),
        "fisher": lambda name, W, rank: lowrank.fisher_truncate(W, rank, fisher[name]),
        "activation": lambda name, W, rank: lowrank.activation_truncate(W, rank, gram[name]),
    }


def finding(data):
    rank = quarter_rank(data)
    costs = {way: at(data["curves"]["all"][way], rank) - data["uncut"] for way in WEIGHINGS}
    single = {kind: at(curves["plain"], rank) - data["uncut"] for kind, curves in data["curves"].items() if kind != "all"}
    dear, cheap = max(single, key=single.get), min(single, key=single.get)
    best = min(costs, key=costs.get)
    return (
        f"All matrices cut to rank {rank}: the loss rises by "
        + ", ".join(f"{cost:.3f} ({WEIGHINGS[way]})" for way, cost in costs.items())
        + f"; least with {WEIGHINGS[best]} truncation. Of the kinds alone, {dear} costs most ({single[dear]:.3f}), {cheap} "
        f"least ({single[cheap]:.3f})."
    )


def quarter_rank(data):
    """The rank that is a quarter of the full one, or the nearest to it that was measured."""
    ranks = [row["rank"] for row in data["curves"]["all"]["plain"]]
    return min(ranks, key=lambda rank: abs(rank - ranks[-1] / 4))


def at(curve, rank):
    return next(row["loss"] for row in curve if row["rank"] == rank)


def table(data):
    ranks = [row["rank"] for row in data["curves"]["all"]["plain"]]
    head = ("layers", "weighed by", *(f"rank {rank}" for rank in ranks))
    return [head] + [
        [kind, WEIGHINGS[way], *(row["loss"] for row in curve)]
        for kind, curves in data["curves"].items()
        for way, curve in curves.items()
    ]


ANALYSIS = Analysis("truncation", "Loss against rank: plain, Fisher-weighted, activation-aware", measure, finding, table)
