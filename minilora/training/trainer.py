"""The training loop."""

import csv
import io
import math
import warnings
from pathlib import Path
from time import perf_counter

from tqdm import tqdm

from minilora import backend
from minilora.files import save_text
from minilora.training.bad_tensor import first_bad_tensor
from minilora.training.checkpoints import has_checkpoint, load_checkpoint, read_state, save_checkpoint
from minilora.training.clip import clip_gradients
from minilora.training.interrupt import DeferredInterrupt
from minilora.training.schedules import constant

COLUMNS = ("step", "loss", "lr", "grad_norm", "seconds")


class TrainingError(RuntimeError):
    """Training cannot go on: a loss or gradient that is not finite, or no more batches. The last step's parameters stand."""


class Trainer:
    """Draw a batch, loss, backward, clip, step; evaluate, record and save from time to time.

    model             .loss(*batch) -> float, .backward(), .named_parameters(), .zero_grad(), .train(), .eval()
    optimizer         its `lr` is multiplied by schedule(step), step counted from 0
    batches           an endless iterator of tuples for model.loss; with a folder also .state() and .load_state(state)
    folder            where history.csv and the checkpoint go; a run that is there already is taken up
    accumulate        batches to a step: the mean of their gradients, equal to one big batch where they count equally many targets
    clip              the greatest gradient norm, or None
    evaluate          evaluate(model) -> {name: float}, called in eval mode after every `evaluate_every` steps
    checkpoint_every  steps from save to save; the end of `run` and Ctrl-C save too
    save_frozen       as of `save_checkpoint`: False leaves out of the checkpoint what does not learn
    patience          stop after that many evaluations in a row that do not lower the first of evaluate's values
    step, history     steps done; one dict for each: step, loss, lr, grad_norm (before clipping), seconds, evaluate's values
    """

    def __init__(self, model, optimizer, batches, schedule=None, folder=None, *, accumulate=1, clip=None, evaluate=None,
                 evaluate_every=100, checkpoint_every=100, patience=None, progress=True, save_frozen=True):  # fmt: skip
        counts = {"accumulate": accumulate, "evaluate_every": evaluate_every, "checkpoint_every": checkpoint_every}
        for name, value in (counts | ({} if patience is None else {"patience": patience})).items():
            if value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}")
        if patience is not None and evaluate is None:
            raise ValueError("patience needs evaluate, a function of the model that returns {name: loss}")
        if not hasattr(batches, "__next__"):
            kind = type(batches).__name__
            raise ValueError(f"batches must be an endless iterator, got a {kind}: pass itertools.cycle(batches)")
        if schedule is not None and not callable(schedule):
            raise ValueError(f"schedule must be a function of the step, such as constant(), got {schedule!r}")
        if clip is not None and not clip > 0:
            raise ValueError(f"clip must be > 0, or None, got {clip}")
        if folder is not None and not (hasattr(batches, "state") and hasattr(batches, "load_state")):
            raise ValueError("with a folder, batches must have state() and load_state(), so that their order can be resumed")
        self.model, self.optimizer, self.batches = model, optimizer, batches
        self.schedule = schedule or constant()
        self.folder = None if folder is None else Path(folder)
        self.accumulate = accumulate
        self.clip = math.inf if clip is None else clip
        self.evaluate, self.evaluate_every, self.patience = evaluate, evaluate_every, patience
        self.checkpoint_every = checkpoint_every
        self.progress, self.save_frozen = progress, save_frozen
        self.step, self.history = 0, []
        self._saved_step = None

    def resume(self):
        """Take up the checkpoint in `folder`: True, or False where there is none. Errors as of `load_checkpoint`."""
        if self.folder is None or not has_checkpoint(self.folder):
            return False
        state = load_checkpoint(self.folder, self.model, self.optimizer, batches=self.batches)
        self.step, self.history = state["step"], state["history"]
        self._saved_step = self.step
        return True

    def run(self, steps):
        """Train until `steps` steps are done in all, those of a run that was cut off included. Returns the history.

        A run in the folder is taken up, as by `resume()`, and a warning says so. Stops earlier by `patience`. Ctrl-C ends the
        step, saves if there is a folder, and raises KeyboardInterrupt. TrainingError if the loss or a gradient is not finite,
        before the parameters are touched. files.FileError if the folder holds a run of another model, optimiser or other batches.
        """
        self._take_up()
        backend.tune_memory()
        base_lr = self.optimizer.lr
        self.model.train()
        bar = tqdm(total=steps, initial=self.step, unit="step", disable=not self.progress)
        with bar, DeferredInterrupt() as interrupt:
            self._save_if_new()  # an unwritable folder is refused now
            try:
                while self.step < steps and not self.stalled and not interrupt.asked:
                    self._one_step(base_lr)
                    bar.set_postfix_str(f"loss {self.history[-1]['loss']:.4f}", refresh=False)
                    bar.update()
                    if self.step % self.checkpoint_every == 0:
                        self.save()
            finally:
                self.optimizer.lr = base_lr
            self._save_if_new()
        if interrupt.asked:
            raise KeyboardInterrupt
        return self.history

    def save(self):
        """Write the checkpoint and history.csv, if there is a folder."""
        if self.folder is not None:
            state = {"batches": self.batches, "step": self.step, "history": self.history, "save_frozen": self.save_frozen}
            save_checkpoint(self.folder, self.model, self.optimizer, **state)
            save_text(self.folder / "history.csv", self._table())
        self._saved_step = self.step

    def _take_up(self):
        """Go on with the run in the folder, and say so; without a `resume()` before, one may not know of it."""
        if self._saved_step is None and self.folder is not None and has_checkpoint(self.folder):
            if read_state(self.folder)["step"] > 0 and self.resume():
                warnings.warn(f"{self.folder}: goes on from step {self.step}; to start anew, take another folder", stacklevel=3)

    def _save_if_new(self):
        if self._saved_step != self.step:
            self.save()

    @property
    def stalled(self):
        """Whether the last `patience` evaluations have all failed to improve on the one before them."""
        if self.patience is None:
            return False
        losses = [list(row.values())[len(COLUMNS)] for row in self.history if len(row) > len(COLUMNS)]
        return bool(losses) and len(losses) - 1 - losses.index(min(losses)) >= self.patience

    def _one_step(self, base_lr):
        start = perf_counter()
        self.optimizer.lr = base_lr * self.schedule(self.step)
        with backend.quiet():  # what is not finite is found and named
            loss, grad_norm = self._gradients()
            self.optimizer.step()
        self.step += 1
        row = dict(zip(COLUMNS, (self.step, loss, self.optimizer.lr, grad_norm, perf_counter() - start), strict=True))
        if self.evaluate is not None and self.step % self.evaluate_every == 0:
            row |= self._evaluation()
        self.history.append(row)

    def _gradients(self):
        self.model.zero_grad()
        loss = 0.0
        for _ in range(self.accumulate):
            batch = next(self.batches, None)
            if batch is None:
                raise TrainingError(f"step {self.step + 1}: batches came to an end; give an endless iterator")
            loss += self.model.loss(*batch) / self.accumulate
            self._require_finite(loss, "loss", batch)
            self.model.backward()
        if self.accumulate > 1:
            self.optimizer.parameters.grad /= self.accumulate
        grad_norm = clip_gradients(self.optimizer.parameters, self.clip)
        self._require_finite(grad_norm, "gradient norm", batch)
        return loss, grad_norm

    def _require_finite(self, value, what, batch):
        if not math.isfinite(value):
            reason = first_bad_tensor(self.model, batch) or "every parameter, gradient and output is finite, so look at the batch"
            raise TrainingError(f"step {self.step + 1}: the {what} is {value}; {reason}; a lower lr, warm-up or clip may help")

    def _evaluation(self):
        self.model.eval()
        values = {name: backend.item(value) for name, value in self.evaluate(self.model).items()}
        self.model.train()
        if clash := values.keys() & {*COLUMNS}:
            raise ValueError(f"evaluate must not name a value {clash.pop()!r}, which the history has already; call it otherwise")
        return values

    def _table(self):
        text = io.StringIO()
        columns = dict.fromkeys(name for row in self.history for name in row) or COLUMNS
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.history)
        return text.getvalue()
