"""What every analysis stands on: the arena's base and texts, the base before its training, and the runs that adapted it."""

from dataclasses import asdict
from functools import cached_property
from pathlib import Path

from minilora import files
from minilora.experiments.analysis import matrices
from minilora.experiments.jobs import run_jobs
from minilora.experiments.lowrank.tuning import ALPHA, arrays_path, losses, tune
from minilora.experiments.systems.arena import Arena, fingerprint
from minilora.nn import Transformer


class Ground:
    """folder: of `prepare`. seed: the first of as many seeds as the setting says.

    Matrices are those of the blocks, by the name of their layer, float64 in NumPy.
    """

    def __init__(self, folder, seed=0):
        self.folder, self.arena = Path(folder), Arena(folder)
        self.seeds = tuple(range(seed, seed + self.arena.setting.seeds))

    @cached_property
    def base(self):
        """{name: W} of the trained base."""
        return _exact(matrices(self.arena.model()))

    @cached_property
    def initial(self):
        """The same before its training: `prepare` draws it from seed 0."""
        return _exact(matrices(Transformer(self.arena.model().config, rng=0)))

    @cached_property
    def base_losses(self):
        """{"base", "target": the base's loss on what is held out of that text}."""
        return losses(self.arena, self.arena.model())

    def run(self, tunings, n_jobs=1, parallel=None, progress=False):
        """Train what is missing of these runs, and return all: {tuning: what `tune` returned}."""
        named = {tuning.name: tuning for tuning in tunings}
        jobs = {name: {"tuning": asdict(tuning)} for name, tuning in named.items()}
        done = self.jobs(tune, jobs, "runs", n_jobs, parallel, "training runs", progress)
        return {named[name]: result for name, result in done.items()}

    def jobs(self, function, jobs, name, n_jobs, parallel, label, progress=True):
        """`run_jobs` on this ground, results kept in folder/name."""
        stands_on = {"given": {"folder": str(self.folder)}, "fingerprint": fingerprint}
        return run_jobs(function, jobs, self.folder / name, n_jobs, parallel, label, progress, **stands_on)

    def factors(self, tuning):
        """{name: (A, B)} that a LoRA run ended with."""
        arrays = _exact(self._arrays(tuning))
        return {name: (arrays[f"{name}.A"], arrays[f"{name}.B"]) for name in self.base if f"{name}.A" in arrays}

    def changes(self, tuning):
        """{name: Delta W} that a run ended with, of LoRA or of full tuning."""
        if tuning.method == "lora":
            return {name: ALPHA / tuning.r * B @ A for name, (A, B) in self.factors(tuning).items()}
        return self.course(tuning)[self.arena.setting.steps]

    def course(self, tuning):
        """{step: {name: Delta W}} of full tuning, at the steps of its path."""
        arrays = _exact(self._arrays(tuning))
        steps = sorted({int(key.split("/")[0]) for key in arrays})
        return {step: {name: arrays[f"{step}/{name}"] - W for name, W in self.base.items()} for step in steps}

    def _arrays(self, tuning):
        self.run([tuning])
        return files.load_arrays(arrays_path(self.folder, tuning))[0]


def _exact(arrays):
    return {name: array.astype(float) for name, array in arrays.items()}
