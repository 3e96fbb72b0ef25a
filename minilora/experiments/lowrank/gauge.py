"""One Delta W in several gauges learns differently; and what gradient flow conserves, small steps nearly, Adam not.

    gauge:G1  (B R) (R^-1 A) = B A          gauge:G2  M = B^T B - A A^T
"""

import math

import numpy as np

from minilora import lowrank
from minilora.adapters import LoRA, adapters_of, inject
from minilora.experiments.lowrank.analysis import Analysis, mean
from minilora.experiments.lowrank.tuning import ALPHA, Tuning
from minilora.nn import Transformer
from minilora.training import SGD, Adam

RANK = 4
RATE, STEPS = 0.05, 40  # of the coarsest descent; the finer ones take 2, 4 times as many steps that much shorter
REFINEMENTS = (1, 2, 4)
DECAY, ADAM_RATE = 0.08, 2e-3


def needs(seeds, setting):
    return [Tuning("lora", seeds[0], RANK)]


def measure(ground):
    """{"gauges": {gauge: numbers}, "drift": {label: {"share", "drift"}}, "predicted": drift by decay alone}."""
    (tuning,) = needs(ground.seeds, ground.arena.setting)
    batch, rng = next(ground.arena.batches(ground.seeds[0])), np.random.default_rng(ground.seeds[0])
    trained = ground.factors(tuning)
    orthogonal, _ = np.linalg.qr(rng.standard_normal((RANK, RANK)))
    ways = {
        "as trained": lambda A, B: (A, B),
        "R orthogonal": lambda A, B: lowrank.gauge_transform(A, B, orthogonal),
        "R = 3 I": lambda A, B: lowrank.gauge_transform(A, B, 3 * np.eye(RANK)),
        "balanced": lowrank.balanced,
    }
    reached = {way: {name: turn(*pair) for name, pair in trained.items()} for way, turn in ways.items()}
    steps = {way: one_step(exact_model(ground, factors), batch) for way, factors in reached.items()}
    drifts = {f"SGD, {n} x steps": descend(ground, batch, SGD, RATE / n, STEPS * n) for n in REFINEMENTS}
    drifts["SGD and decay"] = descend(ground, batch, SGD, RATE, STEPS, DECAY)
    drifts["Adam"] = descend(ground, batch, Adam, ADAM_RATE, STEPS)
    return {
        "gauges": {way: compare(*steps[way], *steps["as trained"], reached[way]) for way in ways},
        "drift": drifts,
        "predicted": 1 - (1 - RATE * DECAY) ** (2 * STEPS),
    }


def exact_model(ground, factors=None, seed=0):
    """The base in float64 with LoRA on every matrix of the blocks, at these factors or at its own start."""
    base = ground.arena.model()
    model = Transformer(base.config, dtype="float64")
    for to, source in zip(model.parameters(), base.parameters(), strict=True):
        to.data = source.data
    inject(model, LoRA(RANK, ALPHA), rng=seed)
    for name, _, _, adapter in adapters_of(model):
        if factors:
            adapter.A.data, adapter.B.data = factors[name]
    return model


def one_step(model, batch):
    """The loss, and {name: Delta W} before and after a step of SGD."""
    before = deltas(model)
    loss = model.loss(*batch)
    model.backward()
    SGD(model.parameters(), lr=1e-3).step()
    return loss, before, deltas(model)


def compare(loss, before, after, loss_there, before_there, after_there, factors):
    """This gauge beside the one as trained: the same Delta W and loss, another next step."""
    steps, others = ({name: b[name] - a[name] for name in a} for a, b in ((before, after), (before_there, after_there)))
    return {
        "loss": loss,
        "same_product": mean(distance(before[name], before_there[name]) for name in before),
        "same_loss": abs(loss - loss_there),
        "next_step": mean(distance(steps[name], others[name]) for name in steps),
        "size_of_step": mean(float(np.linalg.norm(step)) for step in steps.values()),
        "norms": [mean(float(np.linalg.norm(pair[i])) for pair in factors.values()) for i in (0, 1)],
    }


def descend(ground, batch, optimizer, rate, steps, decay=0.0):
    """{"share" of the steps, "drift": norm_F(M - M_0) / norm_F(M_0), mean over the layers}; every step on the same batch."""
    model = exact_model(ground, seed=ground.seeds[0])
    optimizer = optimizer(model.parameters(), lr=rate)
    start, drift = balances(model), [0.0]
    for _ in range(steps):
        model.zero_grad()
        model.loss(*batch)
        model.backward()
        for p in optimizer.parameters:
            p.data *= 1 - rate * decay
        optimizer.step()
        drift.append(mean(distance(M, start[name]) for name, M in balances(model).items()))
    return {"share": [i / steps for i in range(steps + 1)], "drift": drift}


def deltas(model):
    return {name: adapter.delta() for name, *_, adapter in adapters_of(model)}


def balances(model):
    return {name: lowrank.balance(adapter.A.data, adapter.B.data) for name, *_, adapter in adapters_of(model)}


def distance(M, N):
    return float(np.linalg.norm(M - N) / np.linalg.norm(N))


def finding(data):
    turned, orthogonal = data["gauges"]["R = 3 I"], data["gauges"]["R orthogonal"]
    sgd = [row["drift"][-1] for label, row in data["drift"].items() if "steps" in label]
    falls = mean(math.log2(a / b) for a, b in zip(sgd, sgd[1:], strict=False))
    return (
        f"With R = 3 I Delta W is the same to {turned['same_product']:.0e} and the loss to {turned['same_loss']:.0e}, but the "
        f"next step differs by {turned['next_step']:.0%} (with R orthogonal by {orthogonal['next_step']:.0e}). Over one time M "
        f"drifts by {sgd[0]:.1e} with SGD; half the step size divides that by {2**falls:.2f}. Decay makes it "
        f"{data['drift']['SGD and decay']['drift'][-1]:.3f} (predicted {data['predicted']:.3f}), Adam "
        f"{data['drift']['Adam']['drift'][-1]:.3f}."
    )


def table(data):
    head = ("gauge or descent", "loss", "Delta W differs", "loss differs", "next step differs", "drift of M")
    gauges = [
        [gauge, row["loss"], f"{row['same_product']:.1e}", f"{row['same_loss']:.1e}", row["next_step"], ""]
        for gauge, row in data["gauges"].items()
    ]
    return [head, *gauges, *([label, "", "", "", "", f"{row['drift'][-1]:.2e}"] for label, row in data["drift"].items())]


ANALYSIS = Analysis("gauge", "One Delta W, many factors, and what is conserved", measure, finding, table, needs)
