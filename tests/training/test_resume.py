"""A run that is stopped, by any means, and resumed gives the bits of one that was not."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from minilora.training import AdamW, Trainer, read_state, warmup_cosine


@pytest.fixture
def make_trainer(Model, Batches):
    def make(folder=None, seed=0, **options):
        model = Model(seed)
        optimizer = AdamW(model.parameters(), lr=0.05)
        options = {"evaluate": lambda model: {"size": abs(model.W.data).sum().item()}, "evaluate_every": 2} | options
        schedule = warmup_cosine(warmup=5, total=200)
        return Trainer(model, optimizer, Batches(seed), schedule, folder, clip=1.0, accumulate=2, progress=False, **options)

    return make


def bits(trainer):
    rows = [{k: v for k, v in row.items() if k != "seconds"} for row in trainer.history]
    arrays = [p.data for p in trainer.model.parameters()] + list(trainer.optimizer.state()["arrays"].values())
    return rows, [a.tobytes() for a in arrays], trainer.model.rng.bit_generator.state, trainer.batches.state()


@pytest.mark.parametrize("stop", [1, 5, 7])
def test_resumed_equals_uninterrupted(make_trainer, tmp_path, stop):
    whole = make_trainer()
    whole.run(10)
    make_trainer(tmp_path, checkpoint_every=4).run(stop)
    resumed = make_trainer(tmp_path, seed=3, checkpoint_every=4)  # other weights, other data: all of it is restored
    assert resumed.resume() is True
    assert resumed.step == stop
    resumed.run(10)
    assert bits(resumed) == bits(whole)


def test_without_a_checkpoint_there_is_nothing_to_resume(make_trainer, tmp_path):
    assert make_trainer(tmp_path).resume() is False
    assert make_trainer().resume() is False


def test_run_takes_up_what_the_folder_holds_and_says_so(make_trainer, tmp_path):
    whole = make_trainer()
    whole.run(6)
    make_trainer(tmp_path).run(3)
    again = make_trainer(tmp_path, seed=3)  # no resume(): run() does it
    with pytest.warns(UserWarning, match="goes on from step 3"):
        again.run(6)
    assert bits(again) == bits(whole)


def test_a_run_of_other_batches_is_not_taken_up(make_trainer, tmp_path):
    make_trainer(tmp_path).run(3)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = make_trainer(tmp_path)
    other.batches.load_state = lambda state: (_ for _ in ()).throw(ValueError("other batches"))
    with pytest.raises(ValueError, match="other batches"):
        other.run(6)
    assert other.step == 0 and {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_run_that_never_made_a_step_is_replaced(make_trainer, tmp_path):
    make_trainer(tmp_path).run(0)
    make_trainer(tmp_path).run(2)
    assert read_state(tmp_path)["step"] == 2


def test_early_stopping_remembers_over_a_resume(make_trainer, tmp_path):
    losses = iter([1.0, 2.0, 3.0, 0.5])

    def patient():
        return make_trainer(tmp_path, patience=2, evaluate=lambda model: {"held_out": next(losses)})

    patient().run(5)
    trainer = patient()
    trainer.resume()
    trainer.run(20)
    assert trainer.step == 6


SCRIPT = """
import runpy, sys
from minilora.training import AdamW, Trainer, warmup_cosine
tiny = runpy.run_path(sys.argv[1])
model = tiny["TinyModel"](0)
trainer = Trainer(model, AdamW(model.parameters(), lr=0.05), tiny["TinyBatches"](0), warmup_cosine(warmup=5, total=200),
                  sys.argv[2], clip=1.0, accumulate=2, evaluate=lambda model: {"size": abs(model.W.data).sum().item()},
                  evaluate_every=2, checkpoint_every=1, progress=False)
trainer.resume()
trainer.run(10**9)
"""


def test_a_kill_at_any_moment_costs_no_bit(make_trainer, tmp_path):
    rng = random.Random(0)
    step = 0
    for _ in range(3):
        script = [sys.executable, "-c", SCRIPT, str(Path(__file__).with_name("conftest.py")), str(tmp_path)]
        process = subprocess.Popen(script, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})  # as many as the tests themselves use
        try:
            deadline = time.monotonic() + 60
            while not (tmp_path / "checkpoint.json").exists() or read_state(tmp_path)["step"] < step + 2:
                assert process.poll() is None and time.monotonic() < deadline, "the run ended or never saved"
                time.sleep(0.01)
            time.sleep(rng.uniform(0, 0.05))
        finally:
            process.kill()  # SIGKILL: no handler, no clean-up
            process.wait()
        step = read_state(tmp_path)["step"]
    resumed = make_trainer(tmp_path, seed=3)
    assert resumed.resume()
    assert resumed.step >= step
    whole = make_trainer()
    whole.run(step + 5)
    resumed.run(step + 5)
    assert bits(resumed) == bits(whole)
    assert np.isfinite(resumed.history[-1]["loss"])
