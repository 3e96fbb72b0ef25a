"""Article C's other neighbours: the losses and moves from their definitions, every gradient, and what the contestants train."""

import numpy as np
import pytest
import scipy.special

from minilora.experiments.systems import attacks
from minilora.experiments.systems.adversarial import learn_wrapped, logistic
from minilora.experiments.systems.adversarial_neighbours import (
    CONTESTANTS,
    START,
    AgainstPGD,
    FreeLB,
    K,
    Smart,
    climb,
    divergence,
    linear_freelb,
    smart_loss,
)
from minilora.experiments.systems.attacks import distance, norms
from minilora.gradcheck import check_function, check_model
from minilora.nn import Transformer

IDS = np.array([[1, 5, 0, 3], [2, 2, 6, 4]])
TARGETS = np.array([[5, 0, 3, -100], [2, 6, 4, 1]])
COUNTS = TARGETS != -100
UNSEEN = ("attn.k.b",)
BY_NAME = {c.name: c for c in CONTESTANTS}
WRAPPERS = {"pgd": AgainstPGD, "freelb": FreeLB, "smart": Smart}


def constant(x):
    return 0.3 * np.random.default_rng(2).standard_normal(x.shape)


class OnePGD(AgainstPGD):
    """r is a constant, also where the weights are varied to check the gradient."""

    def move(self, x, targets, dx, delta):
        return constant(x)


class OneFreeLB(FreeLB):
    """Three constants."""

    def start(self, x, delta):
        return constant(x)

    def climb(self, r, dx, delta):
        return -1.7 * r


class OneSmart(Smart):
    """r is a constant. A weight other than 1 shows where it stands."""

    def __init__(self, model):
        super().__init__(model, weight=1.3)

    def move(self, x, z, delta):
        return constant(x)


def symmetric(a, b):
    """D of logits (n, V) from the definition, by SciPy."""
    p, q = scipy.special.softmax(a, axis=-1), scipy.special.softmax(b, axis=-1)
    return (scipy.special.rel_entr(p, q) + scipy.special.rel_entr(q, p)).sum(axis=-1).mean()


@pytest.mark.parametrize("wrap", [OnePGD, OneSmart])
@pytest.mark.parametrize("tied", [True, False])
def test_every_gradient(small, wrap, tied):
    report = check_model(wrap(small("tiny-gpt", n_layers=1, tied=tied)), IDS, TARGETS, rtol=1e-6, zero=UNSEEN)
    assert report.ok, str(report)


@pytest.mark.parametrize("tied", [True, False])
def test_every_gradient_of_freelb(small, tied):
    """Against differences of the plain mean: check_model takes no loss that goes backward within each of its terms."""
    model = small("tiny-gpt", n_layers=1, tied=tied)
    wrapped = OneFreeLB(model)

    def plain():
        x = model.embed.forward(IDS)
        return np.mean([model.loss(x + factor * constant(x), TARGETS) for factor in (1, -1.7, 1.7**2)])

    assert wrapped.loss(IDS, TARGETS) == pytest.approx(plain(), rel=1e-12)
    wrapped.backward()
    for name, p in model.named_parameters():
        numeric, flat, h = np.zeros(p.data.size), p.data.reshape(-1), 3e-4
        for i, kept in enumerate(flat.copy()):
            values = []
            for at in (2, 1, -1, -2):
                flat[i] = kept + at * h
                values.append(plain())
            flat[i] = kept
            numeric[i] = (8 * (values[1] - values[2]) - (values[0] - values[3])) / (12 * h)
        np.testing.assert_allclose(p.grad.reshape(-1), numeric, rtol=1e-6, atol=1e-10, err_msg=name)


def test_pgds_move_is_the_attack_with_three_steps(small, monkeypatch):
    monkeypatch.setattr(attacks, "PGD_STEPS", K)
    model = small("tiny-gpt")
    x, delta = model.embed.forward(IDS), distance(model, 4, 0.3)
    r = attacks.pgd(model, x, TARGETS, delta)
    expected = model.loss(IDS, TARGETS) + model.loss(x + r, TARGETS)
    assert K == 3 and AgainstPGD(model, 0.3).loss(IDS, TARGETS) == pytest.approx(expected, rel=1e-12)


def test_freelbs_loss_is_the_mean_along_its_climb(small):
    model = small("tiny-gpt")
    x, delta = model.embed.forward(IDS), distance(model, 4, 0.3)
    r, losses = FreeLB(model, 0.3, rng=5).start(x, delta), []
    for _ in range(3):
        L, g, _ = attacks.input_gradient(model, x + r, TARGETS)
        losses.append(L)
        r = r + 2 / 3 * delta * g / np.linalg.norm(g, axis=(1, 2), keepdims=True)
        r = r / np.maximum(1, np.linalg.norm(r, axis=(1, 2), keepdims=True) / delta)
    assert losses == sorted(losses)
    assert FreeLB(model, 0.3, rng=5).loss(IDS, TARGETS) == pytest.approx(np.mean(losses), rel=1e-12)


def test_freelb_of_a_linear_model_is_the_mean_along_its_climb():
    rng = np.random.default_rng(0)
    X, y, w, u = rng.standard_normal((6, 5)), rng.choice([-1.0, 1.0], 6), rng.standard_normal(5), rng.uniform(-1, 1, (6, 5))
    delta = 0.7
    uphill, r, moves = -y[:, None] * w / np.linalg.norm(w), delta / 5**0.5 * u, []
    for _ in range(3):
        moves.append(r)
        r = r + 2 * delta / 3 * uphill
        r = r / np.maximum(1, np.linalg.norm(r, axis=1, keepdims=True) / delta)
    L, dw = linear_freelb(X, y, w, u, delta)
    assert L == pytest.approx(np.mean([logistic(X + r, y, w)[0] for r in moves]), rel=1e-12)
    np.testing.assert_allclose(dw, np.mean([logistic(X + r, y, w)[2] for r in moves], axis=0), rtol=1e-12)


def test_freelb_starts_anywhere_within_the_ball(small):
    freelb, x = FreeLB(small("tiny-gpt"), rng=1), np.zeros((50, 4, 6))
    starts = freelb.start(x, 0.7)
    lengths = norms(starts)
    assert (lengths <= 0.7).all() and lengths.mean() == pytest.approx(0.7 / np.sqrt(3), rel=0.05)
    assert not np.array_equal(starts, freelb.start(x, 0.7))


def test_smarts_loss_is_its_definition(small):
    model = small("tiny-gpt")
    x, z = model.embed.forward(IDS), model.forward(IDS)
    moved = model.forward(x + constant(x))
    expected = model.loss(IDS, TARGETS) + 1.3 * symmetric(moved[COUNTS], z[COUNTS])
    assert OneSmart(model).loss(IDS, TARGETS) == pytest.approx(expected, rel=1e-12)


def test_smarts_gradients_on_both_logits():
    a, b = np.random.default_rng(0).standard_normal((2, 2, 4, 7))
    of_clean = check_function(lambda z: smart_loss(z, b, TARGETS, 0.6)[0], lambda z: smart_loss(z, b, TARGETS, 0.6)[1], a)
    of_moved = check_function(lambda z: smart_loss(a, z, TARGETS, 0.6)[0], lambda z: smart_loss(a, z, TARGETS, 0.6)[2], b)
    assert of_clean.ok and of_moved.ok, f"{of_clean}\n{of_moved}"


def test_smarts_move_climbs_the_divergence_by_its_own_gradient(small):
    """The gradient from finite differences of SciPy's divergence."""
    model, delta = small("tiny-gpt"), 0.05
    x, z = model.embed.forward(IDS), model.forward(IDS)
    wrapped = Smart(model, rng=3)
    wrapped._counts = COUNTS
    r = wrapped.move(x, z, delta)
    s, g, h = attacks.random_move(model, x, None, START * delta, 3), np.zeros_like(x), 1e-5
    for at in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[at] = h
        up, down = (symmetric(model.forward(x + s + sign * step)[COUNTS], z[COUNTS]) for sign in (1, -1))
        g[at] = (up - down) / (2 * h)
    np.testing.assert_allclose(r, climb(s, g, delta, delta), rtol=1e-5, atol=1e-6 * delta)
    rise = {sign: divergence(model.forward(x + sign * r)[COUNTS], z[COUNTS])[0] for sign in (0, 1)}
    other = [attacks.random_move(model, x, None, delta, seed) for seed in range(5)]
    assert rise[0] == 0 and all(rise[1] > symmetric(model.forward(x + move)[COUNTS], z[COUNTS]) for move in other)


def test_a_step_ends_within_the_ball_or_where_it_led():
    r, g = np.zeros((2, 1, 2)), np.array([[[3.0, 4.0]], [[0.0, 2.0]]])
    np.testing.assert_allclose(climb(r, g, 0.5, 1.0), [[[0.3, 0.4]], [[0, 0.5]]])
    np.testing.assert_allclose(climb(r, g, 5.0, 1.0), [[[0.6, 0.8]], [[0, 1.0]]])


@pytest.mark.parametrize(("wrap", "times"), [(AgainstPGD, 2), (FreeLB, 1), (Smart, 1)])
def test_without_a_move_it_is_plain_training(small, wrap, times):
    model, plain = small("tiny-gpt"), small("tiny-gpt")
    wrapped = wrap(model, eps=0.0)
    assert wrapped.loss(IDS, TARGETS) == pytest.approx(times * plain.loss(IDS, TARGETS), rel=1e-12)
    wrapped.backward()
    plain.backward()
    for p, expected in zip(model.parameters(), plain.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, times * expected.grad, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("wrap", WRAPPERS.values())
def test_a_loss_alone_leaves_no_gradient(small, wrap):
    model = small("tiny-gpt")
    wrap(model).loss(IDS, TARGETS)
    assert not any(p.grad.any() for p in model.parameters())


@pytest.mark.parametrize("name", BY_NAME)
def test_a_contestant_trains_all_by_its_own_loss_and_hands_back_the_model(tiny_arena, name):
    """The same values to the last bit as its loss gives with lambda = 1 and the opponent drawn from the seed."""
    given = {"pgd": {}, "freelb": {"rng": 3}, "smart": {"rng": 3, "weight": 1.0}}[name]
    adapted = BY_NAME[name].adapt(tiny_arena, 1e-3, 3, 2)
    expected = learn_wrapped(tiny_arena, WRAPPERS[name](tiny_arena.model(), **given), 1e-3, 3, 2).model
    assert len(adapted.history) == 2 and type(adapted.model) is Transformer
    before = tiny_arena.model().parameters()
    for p, same, other in zip(adapted.model.parameters(), expected.parameters(), before, strict=True):
        assert np.array_equal(p.data, same.data) and not np.array_equal(p.data, other.data), p.name
