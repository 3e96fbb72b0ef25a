"""Schedules and rules of descent, each at the best of three rates."""

import numpy as np
import pytest

from minilora.experiments.systems import rates_and_descent as module
from minilora.experiments.systems.rates_and_descent import RULES, SCHEDULES, at_best_rate, decay, descent
from minilora.training import AdamW


@pytest.mark.parametrize(("study", "case"), [(decay, case) for case in SCHEDULES] + [(descent, case) for case in RULES])
def test_a_case_gives_the_same_finite_numbers_twice(tiny_arena, study, case):
    found = study(tiny_arena.folder, 1, case, True)
    assert set(found) == {"loss", "rate"} and np.isfinite(found["loss"]) and found["rate"] > 0
    assert study(tiny_arena.folder, 1, case, True) == found


@pytest.mark.parametrize("case", SCHEDULES)
def test_what_falls_ends_near_a_tenth(case):
    steps = 200
    factors = [SCHEDULES[case](steps)(step) for step in range(steps)]
    assert factors == sorted(factors, reverse=True) and factors[0] == pytest.approx(1, abs=0.01)
    assert factors[-1] == pytest.approx(1 if case == "constant" else 0.1, rel=0.02)
    assert len(set(factors)) == {"constant": 1, "step": 4}.get(case, steps)


def test_the_rate_is_chosen_on_the_trial_text_and_the_loss_is_of_what_is_held_out(tiny_arena, monkeypatch):
    """The losses are planted: 1/3 is the best of the three on the trial text, 3 on what is held out."""
    monkeypatch.setattr(module, "Arena", lambda folder: tiny_arena)
    rates = []

    def rule(parameters, lr):
        rates.append(lr)
        return AdamW(parameters, lr=lr)

    def loss(model, windows):
        on_trial = windows is not tiny_arena.held_out["target"]
        return rates[-1] if on_trial else 100 - rates[-1]

    monkeypatch.setattr(module, "held_out_loss", loss)
    found = at_best_rate(None, 0, True, rule, 1.0)
    assert rates == [pytest.approx(1 / 3), 1, 3] and found["rate"] == rates[0]


@pytest.mark.parametrize("case", ["gd", "sgd"])
def test_gradient_descent_sees_one_batch(tiny_arena, monkeypatch, case):
    monkeypatch.setattr(module, "Arena", lambda folder: tiny_arena)
    seen = []

    def watched(model, optimizer, seed, steps, schedule=None, batches=None):
        seen.append([next(batches)[0].tobytes() for _ in range(steps + 2)])

    monkeypatch.setattr(tiny_arena, "train", watched)
    descent(None, 0, case, True)
    assert len(seen) == 3 and all(run == seen[0] for run in seen)
    assert (len(set(seen[0])) == 1) == (case == "gd")
