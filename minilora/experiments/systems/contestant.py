"""What takes part in the comparison, and what is asked of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from minilora import backend, lowrank
from minilora.adapters import adapters_of
from minilora.experiments.runs import count, held_out_loss
from minilora.experiments.systems.attacks import robust_loss
from minilora.nn.adaptable import Adaptable

MEASURES = (
    "base_loss", "target_loss", "robust_loss", "trained_values", "stored_values", "training_bytes", "milliseconds_per_step",
    "parameters", "nonzero_values", "multiplications", "change_rank", "change_effective_rank", "base_rank", "rank",
)  # fmt: skip
VISIBLE = 1e-3  # a singular value below this share of the largest is rounding, not rank


@dataclass(frozen=True)
class Contestant:
    """One way to adapt the base.

    adapt(arena, rate, seed, steps) -> Adapted. article: "A" to "E", or "" for what all are compared with. described: True for
    the system as its article describes it, False for a published neighbour. rate: the learning rate around which one is
    searched; None where there is none to choose.
    """

    name: str
    title: str
    article: str
    described: bool
    adapt: Callable
    rate: float | None


@dataclass
class Adapted:
    """What came of it: the model, the optimiser that made it, the history of the run, and whatever else was found, as numbers.

    stored: how many values an adaptation has to keep beside the base; None: those that were trained.
    """

    model: object
    optimizer: object = None
    history: list = field(default_factory=list)
    stored: int | None = None
    found: dict = field(default_factory=dict)


def measure(arena, adapted):
    """Plain data: losses on what was held out, under attack too, sizes, time, and mean ranks before and after."""
    model = adapted.model
    trained = count(model, trainable_only=True) if adapted.history else 0
    losses = {f"{name}_loss": held_out_loss(model, windows) for name, windows in arena.held_out.items()}
    seconds = median(row["seconds"] for row in adapted.history) if adapted.history else 0.0
    bytes_of_training = 4 * trained + (adapted.optimizer.state_bytes if adapted.optimizer else 0)  # gradients and moments
    result = losses | {
        "robust_loss": robust_loss(model, arena.held_out["target"]),
        "trained_values": trained,
        "stored_values": trained if adapted.stored is None else adapted.stored,
        "training_bytes": bytes_of_training,
        "milliseconds_per_step": 1000 * seconds,
    }
    after = dense(model)
    return result | sizes(model, after) | ranks(dense(arena.model()), after) | adapted.found


def sizes(model, merged):
    """Of the model with its adapters merged: all values, those that are not zero, and multiplications for one token.

    merged: as of `dense`. The multiplications are those of the linear maps, zeros included: a dense product skips none.
    """
    adapters = {id(p) for *_, adapter in adapters_of(model) for p in adapter.parameters()}
    maps = {f"{name}.W" for name in merged}
    rest = [p.data for name, p in model.named_parameters() if id(p) not in adapters and name not in maps]
    arrays = [*merged.values(), *map(backend.asnumpy, rest)]
    return {
        "parameters": sum(a.size for a in arrays),
        "nonzero_values": sum(int((a != 0).sum()) for a in arrays),
        "multiplications": sum(W.size for W in merged.values()) + model.head.W.data.size,
    }


def dense(model):
    """{name: W + Delta W} of the blocks' matrices in float64, adapters included, without merging anything."""
    layers = {name: layer for name, layer in model.named_layers() if name.startswith("blocks.") and isinstance(layer, Adaptable)}
    result = {name: backend.asnumpy((layer.original_W or layer.W).data).astype(float) for name, layer in layers.items()}
    for name, layer, _, adapter in adapters_of(model):
        if name in result and (adapter.enabled or adapter.merged):
            W = (layer.original_W or layer.W).data
            result[name] = result[name] + backend.asnumpy(adapter.delta(W))
    return result


def ranks(before, after):
    """Means over the matrices: rank and effective rank of Delta W, rank of W and of W + Delta W; None if shapes differ."""
    if any(before[name].shape != W.shape for name, W in after.items()):
        return dict.fromkeys(("change_rank", "change_effective_rank", "base_rank", "rank"))
    changes = [after[name] - W for name, W in before.items()]
    return {
        "change_rank": _mean(visible_rank(change) for change in changes),
        "change_effective_rank": _mean(lowrank.effective_rank(change) for change in changes),
        "base_rank": _mean(visible_rank(W) for W in before.values()),
        "rank": _mean(visible_rank(W) for W in after.values()),
    }


def visible_rank(W):
    """How many singular values are more than a thousandth of the largest."""
    sigma = lowrank.singular_values(W)
    return int((sigma > VISIBLE * sigma[0]).sum())


def _mean(values):
    values = list(values)
    return sum(values) / len(values)
