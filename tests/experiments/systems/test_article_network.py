"""Article C's network: its loss from the definition, its gradient, and what each way of training comes to."""

import numpy as np
import pytest
from scipy.special import expit

from minilora.experiments.systems.article_network import (
    DELTA,
    EPS,
    SHIFTS,
    STUDIES,
    Network,
    examples,
    shift,
    shifted_loss,
    shifts,
)
from minilora.gradcheck import check_function, check_model

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((6, 10)), np.array([1, 0, 0, 1, 1, 0])


@pytest.fixture(scope="module")
def found():
    return {case: shift(None, 0, case, False) for case in SHIFTS}


@pytest.mark.parametrize("eps", [0.0, EPS])
def test_the_loss_is_the_articles(eps):
    """Binary cross-entropy, against ones, of the right class's probability, shifted and clamped."""
    network = Network(eps, np.random.default_rng(1))
    z = network.down.forward(np.maximum(network.up.forward(X), 0))[:, 0]
    q = np.where(Y == 1, expit(z), expit(-z))
    assert network.loss(X, Y) == pytest.approx(-np.log(np.clip(q + eps, 0, 1)).mean(), rel=1e-12)
    assert shifted_loss(z, Y, eps) == pytest.approx(network.loss(X, Y), rel=1e-12)


@pytest.mark.parametrize("eps", [0.0, EPS])
def test_every_gradient(eps):
    network = Network(eps, np.random.default_rng(1))
    report = check_model(network, X, Y, rtol=1e-6)
    assert report.ok, str(report)

    def dx(x):
        network.loss(x, Y)
        return network.backward()

    report = check_function(lambda x: network.loss(x, Y), dx, X, rtol=1e-6)
    assert report.ok, str(report)


def test_it_has_the_articles_size():
    assert [p.data.shape for p in Network(0.0, rng).parameters()] == [(128, 10), (128,), (1, 128), (1,)]


def test_a_shift_follows_the_gradient_in_fgm_alone():
    q, g = np.array([0.3, 0.95]), np.array([[3.0, 4.0], [0.0, -2.0]])
    np.testing.assert_allclose(shifts("fgm", q, g), DELTA * np.array([[0.6, 0.8], [0, -1]]))
    np.testing.assert_allclose(shifts("described", q, g), [[0.1], [0.05]])
    np.testing.assert_allclose(shifts("clean", q, g), [[0], [0]])


def test_what_each_way_comes_to(found):
    assert {case: found[case]["shift_follows_gradient"] for case in SHIFTS} == {"clean": 0, "described": 0, "ones": 0, "fgm": 1}
    assert found["fgm"]["robust_accuracy"] > found["clean"]["robust_accuracy"] + 0.1
    assert found["clean"]["accuracy"] > 0.99 > 0.75 > found["clean"]["robust_accuracy"]
    assert found["clean"]["dead_share"] == found["fgm"]["dead_share"] == 0 and found["described"]["dead_share"] > 0.9


def test_ones_whatever_the_class_teach_to_answer_one(found):
    draw = np.random.default_rng(0)
    examples(draw)
    Network(EPS, draw)
    _, y = examples(draw)
    assert found["ones"]["accuracy"] == found["ones"]["robust_accuracy"] == y.mean()


def test_the_study_is_seeded():
    (study,) = STUDIES
    assert study.function(None, 1, "described", True) == shift(None, 1, "described", False) != shift(None, 2, "described", False)
