"""How long a step takes: full tuning, LoRA and article E's projections, by turns in one process."""

from statistics import median

from minilora.adapters import LoRA, inject
from minilora.compress import matrices
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.rank_constraint import EVERY, RANK, ProjectingAdamW
from minilora.experiments.systems.study import Study
from minilora.training import AdamW

TURNS = {False: 12, True: 2}  # by quick


def pace(folder, seed, case, quick):
    """Milliseconds a step, each the median over turns of EVERY steps, so that a turn of the article's has one projection."""
    arena = Arena(folder)
    runners = {name: (model, make(model), arena.batches(seed)) for name, (model, make) in _contestants(arena, seed).items()}
    times = {name: [] for name in runners}
    for _ in range(TURNS[quick]):
        for name, (model, optimizer, batches) in runners.items():
            history = arena.train(model, optimizer, seed, EVERY, batches=batches)
            times[name].append(sum(row["seconds"] for row in history) / EVERY)
    return {name: 1000 * median(seconds) for name, seconds in times.items()}


def _contestants(arena, seed):
    models = {name: arena.model() for name in ("full", "lora", "described")}
    inject(models["lora"], LoRA(r=arena.setting.rank, alpha=2 * arena.setting.rank), rng=seed)
    projected = list(matrices(models["described"]).values())
    return {
        "full": (models["full"], lambda model: AdamW(model.parameters(), lr=1e-3)),
        "lora": (models["lora"], lambda model: AdamW(model.parameters(), lr=1e-3)),
        "described": (models["described"], lambda model: ProjectingAdamW(model.parameters(), 1e-3, projected, RANK, EVERY)),
    }


CONTESTANTS = ()
STUDIES = (Study("pace", "milliseconds a step, by turns", "E", pace, ("turns",)),)
