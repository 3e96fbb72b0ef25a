"""The textbook steps, the gradient clipped in one array, and what the library does in place: the same numbers."""

import numpy as np
import pytest

from minilora.nn.parameter import Parameter
from minilora.training import SGD, Adam, AdamW, clip_gradients
from minilora.training.clip import clipped
from minilora.training.steps import adam_step, sgd_step

SHAPE = (3, 5)


def run(optimizer, parameter, gradients):
    for g in gradients:
        optimizer.zero_grad()
        parameter.accumulate(g)
        optimizer.step()
    return parameter.data


@pytest.fixture
def start_and_gradients():
    rng = np.random.default_rng(0)
    return rng.standard_normal(SHAPE), rng.standard_normal((6, *SHAPE))


@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_sgd_sweeps_as_the_steps_say(start_and_gradients, momentum):
    start, gradients = start_and_gradients
    parameter = Parameter(start.copy(), name="W")
    p, m = start, np.zeros(SHAPE)
    for g in gradients:
        p, m = sgd_step(p, g, m, 0.03, momentum)
    np.testing.assert_allclose(run(SGD([parameter], lr=0.03, momentum=momentum), parameter, gradients), p, rtol=1e-13)


@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_adam_sweeps_as_the_steps_say(start_and_gradients, kind):
    start, gradients = start_and_gradients
    parameter = Parameter(start.copy(), name="W")
    decay = {"weight_decay": 0.3} if kind is AdamW else {}
    p, m, v = start, np.zeros(SHAPE), np.zeros(SHAPE)
    for t, g in enumerate(gradients, 1):
        p, m, v = adam_step(p, g, m, v, t, 0.02, 0.8, 0.97, 1e-3, **decay)
    got = run(kind([parameter], lr=0.02, betas=(0.8, 0.97), eps=1e-3, **decay), parameter, gradients)
    np.testing.assert_allclose(got, p, rtol=1e-12)


def test_steps_change_nothing_that_they_are_given(start_and_gradients):
    p, (g, *_) = start_and_gradients
    before = p.copy(), g.copy()
    m, v = np.zeros(SHAPE), np.zeros(SHAPE)
    sgd_step(p, g, m, 0.1, 0.9)
    adam_step(p, g, m, v, 1, 0.1, weight_decay=0.1)
    clipped(g, 0.1)
    assert np.array_equal(p, before[0]) and np.array_equal(g, before[1]) and not m.any() and not v.any()


@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_the_pure_clip_is_the_one_in_place(start_and_gradients, max_norm):
    g = start_and_gradients[1][0]
    parameter = Parameter(np.zeros(SHAPE), name="W")
    parameter.accumulate(g)
    clip_gradients([parameter], max_norm)
    assert np.array_equal(parameter.grad, clipped(g, max_norm))


def test_a_gradient_that_is_not_finite_is_left():
    assert clipped(np.array([1.0, np.inf]), 1.0).tolist() == [1.0, np.inf]
