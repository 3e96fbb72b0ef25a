"""Remedies against over-fitting."""

import numpy as np
import pytest

from minilora.data import evaluation_windows
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems import overfitting as module
from minilora.experiments.systems.little_text import little_text
from minilora.experiments.systems.overfitting import STRENGTHS, Penalised, overfitting, tuned
from minilora.gradcheck import check_model
from minilora.ops import registry
from minilora.training import Trainer


@pytest.mark.parametrize("case", STRENGTHS)
def test_a_case_gives_the_same_finite_numbers_twice(tiny_arena, case):
    found = overfitting(tiny_arena.folder, 1, case, True)
    assert set(found) == {"loss", "train_loss", "strength"} and found["strength"] in STRENGTHS[case]
    assert np.isfinite(list(found.values())).all()
    assert overfitting(tiny_arena.folder, 1, case, True) == found


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_the_gradient_of_the_loss_with_its_penalty(small, penalty):
    model = Penalised(small(d_model=4, d_mlp=5, n_layers=1, vocab_size=5), registry[f"{penalty}_penalty"], 0.3)
    ids = np.array([[1, 2, 0, 4], [3, 3, 1, 2]])
    report = check_model(model, ids, np.roll(ids, -1, axis=1), zero=("attn.k.b",))
    assert report.ok, report


def test_the_penalty_is_of_the_matrices_alone(small):
    model = small()
    ids = np.array([[1, 2, 0, 4]])
    plain = model.loss(ids, ids)
    l1, l2 = (Penalised(model, registry[f"{name}_penalty"], 0.3).loss(ids, ids) - plain for name in ("l1", "l2"))
    matrices = [p.data for p in model.parameters() if p.data.ndim > 1]
    assert l1 == pytest.approx(0.3 * sum(abs(W).sum() for W in matrices))
    assert l2 == pytest.approx(0.15 * sum((W * W).sum() for W in matrices))


@pytest.mark.parametrize("case", ["l1", "l2", "dropout", "augmentation", "lora"])
def test_a_remedy_changes_what_is_learned(tiny_arena, case):
    ids = little_text(tiny_arena, 0, 4).ravel()
    windows = evaluation_windows(ids, 16)
    weak, strong = STRENGTHS[case][0], STRENGTHS[case][-1]
    plain, remedied, more = (
        held_out_loss(tuned(tiny_arena, ids, how, strength, 6, 0, windows), windows)
        for how, strength in (("none", 0), (case, weak), (case, strong))
    )
    assert plain != remedied and (remedied != more or weak == strong)


def test_early_stopping_ends_in_time_and_gives_the_best_that_was_judged(tiny_arena, monkeypatch):
    """At a rate that is far too high the loss soon rises for good."""
    trainers = []

    class Watched(Trainer):
        def run(self, steps):
            trainers.append(self)
            return super().run(steps)

    monkeypatch.setattr(module, "Trainer", Watched)
    monkeypatch.setattr(module, "FULL_RATE", 0.3)
    windows = tiny_arena.held_out["target"]
    model = tuned(tiny_arena, tiny_arena.ids["target.train"], "early-stopping", 3, 40, 0, windows)
    losses = [row["validation"] for row in trainers[0].history if "validation" in row]
    assert len(losses) == losses.index(min(losses)) + 1 + 3 < 20
    assert held_out_loss(model, windows) == min(losses) < losses[-1]


def test_early_stopping_judges_on_the_validation_part_alone(tiny_arena):
    pieces = little_text(tiny_arena, 0, 4)
    parts = [evaluation_windows(part.ravel(), 16) for part in (pieces[:2], pieces[2:])]
    stopped = [tuned(tiny_arena, pieces[:2].ravel(), "early-stopping", 3, 40, 0, part) for part in parts]
    for part, own, other in zip(parts, stopped, reversed(stopped), strict=True):
        assert held_out_loss(own, part) <= held_out_loss(other, part)
