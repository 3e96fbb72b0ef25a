import csv
import math
import signal

import numpy as np
import pytest

from minilora.files import FileError
from minilora.training import SGD, AdamW, Trainer, TrainingError, exponential, load_checkpoint, read_state


@pytest.fixture
def make_trainer(Model, Batches):
    def make(seed=0, batches=None, **options):
        model = Model(seed)
        optimizer = AdamW(model.parameters(), lr=0.05)
        return Trainer(model, optimizer, batches or Batches(), **({"progress": False} | options))

    return make


def test_it_learns_and_keeps_a_history(make_trainer):
    trainer = make_trainer(schedule=exponential(0.99), clip=1.0)
    trainer.model.dropout = 0.0
    history = trainer.run(200)
    assert history is trainer.history and trainer.step == 200
    assert [row["step"] for row in history] == list(range(1, 201))
    assert list(history[0]) == ["step", "loss", "lr", "grad_norm", "seconds"]
    assert history[0]["loss"] > 2 and history[-1]["loss"] < 0.05
    assert history[0]["lr"] == 0.05 and history[7]["lr"] == 0.05 * 0.99**7
    assert history[0]["grad_norm"] > 1  # before clipping
    assert trainer.optimizer.lr == 0.05  # the schedule leaves the optimiser's own lr as it was


def test_run_counts_steps_in_all(make_trainer):
    trainer = make_trainer()
    trainer.run(3)
    assert len(trainer.run(7)) == 7
    assert len(trainer.run(7)) == 7


def test_clipping_reaches_the_step(Model, Batches):
    model = Model(dropout=0.0)
    before = [p.data.copy() for p in model.parameters()]
    trainer = Trainer(model, SGD(model.parameters(), lr=1.0), Batches(), clip=0.25, progress=False)
    assert trainer.run(1)[0]["grad_norm"] > 0.25
    moved = math.sqrt(sum(((p.data - b) ** 2).sum() for p, b in zip(model.parameters(), before, strict=True)))
    assert moved == pytest.approx(0.25, rel=1e-12)


def test_accumulated_batches_equal_one_big_batch(Model, Batches):
    class Thirds(Batches):
        """A batch of 12 rows, handed out in three."""

        parts = ()

        def __next__(self):
            if not self.parts:
                x, y = super().__next__()
                self.parts = [(x[i : i + 4], y[i : i + 4]) for i in (0, 4, 8)]
            return self.parts.pop(0)

    results = []
    for batches, accumulate in ((Batches(N=12), 1), (Thirds(N=12), 3)):
        model = Model(dropout=0.0)
        trainer = Trainer(model, SGD(model.parameters(), lr=0.1), batches, accumulate=accumulate, progress=False)
        results.append((trainer.run(4), model.W.data, model.b.data))
    (one, W1, b1), (three, W3, b3) = results
    np.testing.assert_allclose(W3, W1, rtol=1e-12)
    np.testing.assert_allclose(b3, b1, rtol=1e-12)
    for key in ("loss", "grad_norm"):
        np.testing.assert_allclose([row[key] for row in three], [row[key] for row in one], rtol=1e-12)


def test_evaluation_is_in_eval_mode_and_enters_history_and_csv(make_trainer, tmp_path):
    modes = []

    def evaluate(model):
        modes.append(model.training)
        return {"prose": 1.5, "code": np.float32(2.5)}

    trainer = make_trainer(folder=tmp_path, evaluate=evaluate, evaluate_every=2)
    trainer.run(5)
    assert modes == [False, False] and trainer.model.training
    assert [row.get("code") for row in trainer.history] == [None, 2.5, None, 2.5, None]
    rows = list(csv.DictReader((tmp_path / "history.csv").read_text().splitlines()))
    assert list(rows[0]) == ["step", "loss", "lr", "grad_norm", "seconds", "prose", "code"]
    assert [row["prose"] for row in rows] == ["", "1.5", "", "1.5", ""]
    assert [float(row["loss"]) for row in rows] == [row["loss"] for row in trainer.history]


def test_an_evaluation_may_not_hide_a_column(make_trainer):
    with pytest.raises(ValueError, match="must not name a value 'loss'"):
        make_trainer(evaluate=lambda model: {"loss": 1.0}, evaluate_every=1).run(1)


def test_patience_stops_after_evaluations_without_improvement(make_trainer):
    losses = iter([5.0, 3.0, 4.0, 2.0, 2.0, 6.0, 1.0])
    trainer = make_trainer(evaluate=lambda model: {"held_out": next(losses), "other": 0.0}, evaluate_every=3, patience=2)
    trainer.run(100)
    assert trainer.step == 18  # the sixth: neither 2.0 again nor 6.0 is below 2.0
    trainer.run(200)
    assert trainer.step == 18


def test_a_bad_parameter_stops_training_by_name(make_trainer):
    trainer = make_trainer()
    trainer.run(4)
    trainer.model.W.data[1, 2] = math.inf
    before = trainer.model.b.data.copy()
    message = "step 5: the loss is (inf|nan); the first bad tensor is W.data;"
    with pytest.raises(TrainingError, match=message):
        trainer.run(9)
    assert np.array_equal(trainer.model.b.data, before)
    assert trainer.step == trainer.optimizer.steps == len(trainer.history) == 4


def test_a_bad_gradient_stops_training_by_name(make_trainer):
    trainer = make_trainer()
    backward = trainer.model.backward

    def spoiled():
        backward()
        if trainer.step == 2:
            trainer.model.b.grad[1] = math.nan

    trainer.model.backward = spoiled
    with pytest.raises(TrainingError, match="step 3: the gradient norm is nan; the first bad tensor is b.grad;"):
        trainer.run(9)
    assert trainer.step == 2 and all(np.isfinite(p.data).all() for p in trainer.model.parameters())


def test_a_bad_batch_is_told_from_a_bad_tensor(make_trainer, Batches):
    class Bad(Batches):
        def __next__(self):
            x, y = super().__next__()
            return x * math.nan, y

    with pytest.raises(TrainingError, match="step 1: the loss is nan; every parameter, gradient and output is finite, so"):
        make_trainer(batches=Bad()).run(9)


def test_batches_that_end_are_told(make_trainer, Batches):
    batches = Batches()
    with pytest.raises(TrainingError, match="step 3: batches came to an end"):
        make_trainer(batches=iter([next(batches), next(batches)])).run(9)


@pytest.fixture
def ctrl_c():
    """Ctrl-C as in a terminal; where the tests run in the background, it is ignored."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_finishes_the_step_saves_and_is_raised(make_trainer, Model, tmp_path, capsys):
    trainer = make_trainer(folder=tmp_path)
    loss = trainer.model.loss

    def loss_with_ctrl_c(x, y):
        if trainer.step == 2:
            signal.raise_signal(signal.SIGINT)
        return loss(x, y)

    trainer.model.loss = loss_with_ctrl_c
    with pytest.raises(KeyboardInterrupt):
        trainer.run(9)
    assert trainer.step == read_state(tmp_path)["step"] == 3
    assert "stopping after this step" in capsys.readouterr().err
    copy = Model(5)
    load_checkpoint(tmp_path, copy)
    assert np.array_equal(copy.W.data, trainer.model.W.data)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert trainer.optimizer.lr == 0.05


@pytest.mark.usefixtures("ctrl_c")
def test_a_second_ctrl_c_stops_at_once_and_leaves_the_last_checkpoint(make_trainer, tmp_path):
    trainer = make_trainer(folder=tmp_path, checkpoint_every=2)
    loss = trainer.model.loss

    def loss_with_ctrl_c(x, y):
        for _ in range(2 * (trainer.step == 3)):
            signal.raise_signal(signal.SIGINT)
        return loss(x, y)

    trainer.model.loss = loss_with_ctrl_c
    with pytest.raises(KeyboardInterrupt):
        trainer.run(9)
    assert trainer.step == 3 and read_state(tmp_path)["step"] == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_unwritable_folder_is_refused_before_the_first_step(make_trainer, tmp_path):
    (tmp_path / "file").write_text("")
    trainer = make_trainer(folder=tmp_path / "file" / "run")
    with pytest.raises(FileError, match="cannot be written"):
        trainer.run(9)
    assert trainer.step == 0


def test_bad_settings_are_refused_by_name(make_trainer, tmp_path):
    cases = [
        ({"accumulate": 0}, "accumulate must be at least 1, got 0"),
        ({"evaluate_every": 0}, "evaluate_every must be at least 1"),
        ({"checkpoint_every": -1}, "checkpoint_every must be at least 1"),
        ({"patience": 0, "evaluate": len}, "patience must be at least 1"),
        ({"patience": 3}, "patience needs evaluate"),
        ({"batches": iter([()]), "folder": tmp_path}, "batches must have state"),
        ({"batches": [()]}, r"batches must be an endless iterator, got a list: pass itertools.cycle\(batches\)"),
        ({"schedule": 0.1}, "schedule must be a function of the step, such as constant.., got 0.1"),
        ({"clip": 0}, "clip must be > 0, or None, got 0"),
        ({"clip": math.nan}, "clip must be > 0, or None, got nan"),
    ]
    for options, message in cases:
        with pytest.raises(ValueError, match=message):
            make_trainer(**options)


def test_the_progress_bar_shows_the_loss(make_trainer, capsys):
    make_trainer(progress=True).run(3)
    error = capsys.readouterr().err
    assert "3/3" in error and "loss " in error
