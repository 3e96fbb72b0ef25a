"""A training run that an analysis reads: how the base is adapted, and what is kept of it."""

from dataclasses import dataclass
from pathlib import Path

from minilora import backend, files
from minilora.adapters import ALL_LINEAR, LoRA, adapters_of, inject, match
from minilora.experiments.analysis import powers_of_two
from minilora.experiments.lowrank.subspace import RandomSubspace
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena
from minilora.training import AdamW, Trainer, warmup_cosine

RATES = {"full": 3e-3, "lora": 1e-2, "subspace": 1e-2}  # near the best of those tried with the full setting's steps
ALPHA = 16  # at every rank, so that s = alpha / r keeps the size of Delta W comparable


@dataclass(frozen=True)
class Tuning:
    """One way to adapt the base, and a seed.

    method: "full" (every parameter; with targets, those matrices alone), "lora", or "subspace" (the targets' matrices move along
    random directions). r: LoRA's rank, or how many directions. targets: as `inject` takes them. rate: None takes RATES'. In a
    subspace it is for each weight: Adam moves each number by about its rate, so d of D directions take sqrt(D / d) times as much.
    """

    method: str
    seed: int
    r: int = 0
    targets: tuple = ALL_LINEAR
    rate: float | None = None

    def __post_init__(self):
        if self.rate is None:
            object.__setattr__(self, "rate", RATES[self.method])

    @property
    def name(self):
        count = f"{'d' if self.method == 'subspace' else 'r'}{self.r}" if self.r else None
        parts = (count, "all" if self.targets == ALL_LINEAR else "+".join(self.targets), self.rate, f"seed{self.seed}")
        return "-".join(str(part) for part in (self.method, *parts) if part is not None)


def tune(folder, tuning):
    """Run it: {"base", "target": held-out losses, "values": how many are trained, "path": losses at steps 0, 1, 2, 4, ...}.

    What `trained` keeps is written to folder/tuned.
    """
    tuning = Tuning(**tuning | {"targets": tuple(tuning["targets"])})
    found, kept = trained(Arena(folder), tuning)
    files.save_arrays(arrays_path(folder, tuning), {name: backend.asnumpy(array) for name, array in kept.items()})
    return found


def trained(arena, tuning, watch=True):
    """What `tune` returns, and the arrays that are kept: A and B of each layer, or the blocks' matrices at the steps of the path
    as "STEP/NAME". The path is recorded where the whole model adapts; without `watch` it has no losses and stays empty.
    """
    model, steps = adapted(arena, tuning), arena.setting.steps
    optimizer = learner(model, tuning)
    kept, path = {}, []
    stops = powers_of_two(steps) if tuning.targets == ALL_LINEAR else []

    def look(model):
        step = trainer.step
        if step in stops or step == 0 and stops:
            if watch:
                path.append({"step": step, **losses(arena, model)})
            if tuning.method == "full":
                kept.update({f"{step}/{name}": layer.W.data.copy() for name, layer in match(model, tuning.targets).items()})
        return {}

    schedule = warmup_cosine(max(1, steps // 20), steps)
    batches = arena.batches(tuning.seed)
    trainer = Trainer(model, optimizer, batches, schedule, clip=1.0, evaluate=look, evaluate_every=1, progress=False)
    look(model.eval())
    trainer.run(steps)
    if tuning.method == "lora":
        kept = {f"{layer}.{leaf}": a for layer, *_, adapter in adapters_of(model) for leaf, a in adapter.arrays().items()}
    values = sum(p.data.size for p in optimizer.parameters)
    return {**losses(arena, model), "values": values, "path": path}, kept


def adapted(arena, tuning):
    """The base, ready to learn in this way: a model, or what stands for one."""
    model = arena.model()
    if tuning.method == "lora":
        inject(model, LoRA(r=tuning.r, alpha=ALPHA), tuning.targets, rng=tuning.seed)
    elif tuning.method == "subspace":
        return RandomSubspace(model, tuning.targets, tuning.r, tuning.seed)
    elif tuning.targets != ALL_LINEAR:
        matrices = [layer.W for layer in match(model, tuning.targets).values()]
        for p in model.parameters():
            p.trainable = any(p is W for W in matrices)
    return model


def learner(model, tuning):
    """AdamW on what learns in `adapted`'s model."""
    return AdamW(model.parameters(), lr=tuning.rate * (model.shrinkage if tuning.method == "subspace" else 1))


def losses(arena, model):
    """{"base", "target": loss on what is held out of that text}."""
    return {name: held_out_loss(model, windows) for name, windows in arena.held_out.items()}


def arrays_path(folder, tuning):
    """Where a run's arrays are kept."""
    return Path(folder) / "tuned" / f"{tuning.name}.safetensors"
