"""The studies of article A: each figure against its definition."""

import numpy as np
import pytest

from minilora.compress import matrices
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems import compression_studies
from minilora.experiments.systems.compression_studies import QUANTISED, STUDIES, _gradient, _loss
from minilora.gradcheck import check_function
from minilora.nn import Transformer

BY_NAME = {study.name: study for study in STUDIES}


@pytest.fixture
def run(tiny_arena):
    return lambda name, case, seed=0: BY_NAME[name].function(str(tiny_arena.folder), seed, case, True)


@pytest.fixture
def pruned(run, monkeypatch):
    """pruned(study, case) -> the model whose loss the study measured."""

    def model_of(*arguments):
        seen = []
        monkeypatch.setattr(compression_studies, "held_out_loss", lambda model, windows: seen.append(model) or 0.0)
        run(*arguments)
        return seen[0]

    return model_of


def test_the_gradient_of_the_regression():
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((9, 4)), rng.standard_normal(9), rng.standard_normal(4)
    report = check_function(lambda w: _loss(X, y, w), lambda w: _gradient(X, y, w), w, rtol=1e-6)
    assert report.ok, str(report)


def test_the_threshold_prunes_everything_once_training_has_converged(run):
    for seed in range(3):
        early, middle, end = (run("threshold", case, seed) for case in BY_NAME["threshold"].cases)
        assert early["pruned"] < 0.1 < middle["pruned"] < end["pruned"] == 1
        assert early["loss_before"] > middle["loss_before"] > end["loss_before"]
        assert end["loss_after"] == end["magnitude_loss_after"] > 1000 * end["loss_before"]
        assert middle["magnitude_loss_after"] < middle["loss_after"]


def test_converged_is_the_least_squares_solution(run):
    """Drawn again here, and solved at once."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 40))
    y = X @ rng.standard_normal(40) + 0.1 * rng.standard_normal(200)
    found = run("threshold", "converged")
    assert found["loss_before"] == pytest.approx(_loss(X, y, np.linalg.lstsq(X, y, rcond=None)[0]), rel=1e-9)
    assert found["loss_after"] == pytest.approx((y * y).mean(), rel=1e-12)


@pytest.mark.parametrize("case", BY_NAME["scores"].cases)
def test_each_score_takes_half_of_the_blocks_weights(tiny_arena, pruned, case):
    model, base = pruned("scores", case), tiny_arena.model()
    kept = np.concatenate([p.data.ravel() for p in matrices(model).values()])
    there = np.concatenate([p.data.ravel() for p in matrices(base).values()])
    assert (kept != 0).mean() == pytest.approx(0.5, abs=1e-3) and np.array_equal(kept[kept != 0], there[kept != 0])
    assert np.array_equal(model.embed.W.data, base.embed.W.data)


def test_scores_differ_and_taylor_ranks_as_snip_does(run):
    losses = {case: run("scores", case)["base_loss"] for case in BY_NAME["scores"].cases}
    assert losses["taylor"] == losses["snip"]
    assert len({*losses.values()}) == len(losses) - 1
    again, other = (run("scores", "random", seed)["base_loss"] for seed in (0, 1))
    assert again == losses["random"] != other
    assert run("scores", "magnitude", 1)["base_loss"] == losses["magnitude"]


@pytest.mark.parametrize(("case", "least"), [("code", 0.01), ("tenfold", 0.1)])
def test_whole_tensors(tiny_arena, run, pruned, case, least):
    found, base = run("whole_tensors", case), dict(tiny_arena.model().named_parameters())
    low = [name for name, p in base.items() if np.abs(p.data).mean() < least]
    assert found["dropped"] == len(low) > 0
    assert found["dropped_share"] == sum(base[name].data.size for name in low) / sum(p.data.size for p in base.values())
    for name, p in pruned("whole_tensors", case).named_parameters():
        assert (not p.data.any()) if name in low else np.array_equal(p.data, base[name].data)


@pytest.mark.parametrize("case", BY_NAME["quantised"].cases)
def test_quantised(tiny_arena, run, pruned, case):
    base = matrices(tiny_arena.model())
    shapes = [p.data.shape for p in base.values()]
    values = sum(n_out * n_in for n_out, n_in in shapes)
    found = run("quantised", case)
    if case == "nf4":
        assert values / 2 < found["bytes"] < values * 0.54
    else:
        scales = 4 * sum(n_out + (n_in if case.endswith("activation") else 0) for n_out, n_in in shapes)
        assert found["bytes"] == values * QUANTISED[case][0] / 8 + scales
    model = pruned("quantised", case)
    errors = [np.abs(p.data - base[name].data).max() / np.abs(base[name].data).max() for name, p in matrices(model).items()]
    assert 0 < max(errors) < (0.005 if case == "int8" else 0.3)
    assert np.array_equal(model.embed.W.data, tiny_arena.model().embed.W.data)


def test_calibration_is_what_its_name_says(run):
    losses = {case: run("quantised", case)["base_loss"] for case in BY_NAME["quantised"].cases}
    assert len({*losses.values()}) == len(losses)


def test_distillation_teaches_a_student_half_as_wide(tiny_arena, run, pruned):
    losses = {case: run("distillation", case)["base_loss"] for case in BY_NAME["distillation"].cases}
    assert len({*losses.values()}) == 3
    student, c = pruned("distillation", "article"), tiny_arena.model().config
    assert type(student) is Transformer
    assert (2 * student.config.d_model, 2 * student.config.d_mlp, student.config.n_layers) == (c.d_model, c.d_mlp, c.n_layers)
    untrained = Transformer(student.config, rng=0)
    assert max(losses.values()) < held_out_loss(untrained, tiny_arena.held_out["base"]) - 0.1
