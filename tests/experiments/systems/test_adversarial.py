"""Article C and its neighbours: the losses from their definitions, every gradient, and what the contestants train."""

import numpy as np
import pytest
import scipy.special

from minilora.adapters import LoRA, adapters_of, inject
from minilora.experiments.systems.adversarial import CONTESTANTS, STUDIES, AgainstFGM, ShiftedOutput, linear_fgm, logistic
from minilora.experiments.systems.attacks import distance, fgm
from minilora.gradcheck import check_function, check_model
from minilora.nn import Transformer

IDS = np.array([[1, 5, 0, 3], [2, 2, 6, 4]])
TARGETS = np.array([[5, 0, 3, -100], [2, 6, 4, 1]])
UNSEEN = ("attn.k.b",)
BY_NAME = {c.name: c for c in CONTESTANTS}


class AgainstOneMove(AgainstFGM):
    """r as FGM takes it: a constant. With its own r, which follows the weights, the loss has another gradient."""

    def move(self, x, targets, dx, delta):
        return 0.3 * np.random.default_rng(2).standard_normal(dx.shape)


def with_lora(model):
    inject(model, LoRA(r=2, alpha=3), rng=0)
    for *_, adapter in adapters_of(model):
        adapter.B.data = adapter.B.data + np.random.default_rng(1).standard_normal(adapter.B.data.shape)
    return model


def test_the_shifted_loss_is_its_definition(small):
    model = small("tiny-gpt")
    p = scipy.special.softmax(model.forward(IDS), axis=-1)
    right = [p[n, t, TARGETS[n, t]] for n in range(2) for t in range(4) if TARGETS[n, t] != -100]
    expected = -np.mean([np.log(min(value + 0.1, 1)) for value in right])
    assert ShiftedOutput(model).loss(IDS, TARGETS) == pytest.approx(expected, rel=1e-12)


def test_fgms_loss_is_its_definition(small):
    model, eps = small("tiny-gpt"), 0.05
    x = model.embed.forward(IDS)
    moved = x + fgm(model, x, TARGETS, distance(model, 4, eps))
    expected = model.loss(IDS, TARGETS) + model.loss(moved, TARGETS)
    assert AgainstFGM(model, eps).loss(IDS, TARGETS) == pytest.approx(expected, rel=1e-12)


def test_of_a_linear_model_fgm_is_the_worst_case():
    """The margin falls by delta norm(w): closed form, with the gradient of that, though r is held constant."""
    rng = np.random.default_rng(0)
    X, y, w, delta = rng.standard_normal((6, 5)), rng.choice([-1.0, 1.0], 6), rng.standard_normal(5), 0.7

    def closed(w):
        m = y * (X @ w)
        return np.logaddexp(0, -m).mean() + np.logaddexp(0, delta * np.linalg.norm(w) - m).mean()

    assert linear_fgm(X, y, w, delta)[0] == pytest.approx(closed(w), rel=1e-12)
    assert check_function(closed, lambda w: linear_fgm(X, y, w, delta)[1], w).ok
    assert check_function(lambda X: logistic(X, y, w)[0], lambda X: logistic(X, y, w)[1], X).ok


@pytest.mark.parametrize("wrap", [ShiftedOutput, AgainstOneMove])
@pytest.mark.parametrize("tied", [True, False])
def test_every_gradient(small, wrap, tied):
    report = check_model(wrap(small("tiny-gpt", n_layers=1, tied=tied)), IDS, TARGETS, rtol=1e-6, zero=UNSEEN)
    assert report.ok, str(report)


@pytest.mark.parametrize("wrap", [ShiftedOutput, AgainstOneMove])
def test_every_gradient_of_lora(small, wrap):
    report = check_model(wrap(with_lora(small("tiny-gpt", n_layers=1))), IDS, TARGETS, rtol=1e-6)
    assert report.ok, str(report)


def test_without_a_move_it_is_plain_training_twice(small):
    model, plain = small("tiny-gpt"), small("tiny-gpt")
    wrapped = AgainstFGM(model, eps=0.0)
    assert wrapped.loss(IDS, TARGETS) == pytest.approx(2 * plain.loss(IDS, TARGETS), rel=1e-12)
    wrapped.backward()
    plain.backward()
    for p, expected in zip(model.parameters(), plain.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, 2 * expected.grad, rtol=1e-9, atol=1e-14)


def test_a_loss_alone_leaves_no_gradient(small):
    model = small("tiny-gpt")
    AgainstFGM(model).loss(IDS, TARGETS)
    assert not any(p.grad.any() for p in model.parameters())


@pytest.mark.parametrize("name", BY_NAME)
def test_a_contestant_trains_and_hands_back_the_model_itself(tiny_arena, name):
    adapted = BY_NAME[name].adapt(tiny_arena, 1e-3, 0, 2)
    assert len(adapted.history) == 2 and type(adapted.model) is Transformer
    before = dict(tiny_arena.model().named_parameters())
    changed = {n for n, p in adapted.model.named_parameters() if n not in before or not np.array_equal(p.data, before[n].data)}
    if name == "fgm-lora":
        assert changed == {n for n, p in adapted.model.named_parameters() if p.trainable} and all("lora" in n for n in changed)
    else:
        assert changed == set(before)


def test_a_contestant_learns_from_its_own_loss(tiny_arena):
    """The first loss of the history is that of the first batch."""
    batch = next(tiny_arena.batches(0))
    wrapped = {"c-described": ShiftedOutput(tiny_arena.model()), "fgm": AgainstFGM(tiny_arena.model())}
    for name, model in wrapped.items():
        first = BY_NAME[name].adapt(tiny_arena, 1e-3, 0, 2).history[0]["loss"]
        assert first == pytest.approx(model.loss(*batch), rel=1e-6), name


def test_the_study_of_attacks(tiny_arena):
    (study,) = STUDIES
    found = study.function(str(tiny_arena.folder), 0, "fgm-lora", True)
    assert list(found) == ["none", "random", "fgm", "pgd"] and found["none"] < found["fgm"]
