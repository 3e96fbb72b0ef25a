"""The error against the step, and the report as a picture."""

import numpy as np
import pytest

from minilora.gradcheck import check


def forward(x, W):
    return np.tanh(x @ W), (x, W)


def backward(dy, cache, factor=1.0):
    x, W = cache
    dz = dy * (1 - np.tanh(x @ W) ** 2)
    return dz @ W.T, factor * x.T @ dz


@pytest.fixture
def inputs(rng):
    return {"x": rng.standard_normal((3, 4)), "W": rng.standard_normal((4, 5))}


def test_a_right_gradient_has_a_valley(inputs):
    curve = check(forward, backward, inputs).curve
    errors = dict(zip(curve.steps, curve.errors, strict=True))
    assert min(errors.values()) < 1e-8 and errors[max(errors)] > 1e-6 and errors[min(errors)] > 1e-6


def test_a_wrong_one_stays_at_its_error_over_many_steps(inputs):
    curve = check(forward, lambda dy, cache: backward(dy, cache, factor=1.1), inputs).curve
    assert curve.name == "W"
    level = [error for step, error in zip(curve.steps, curve.errors, strict=True) if 1e-8 < step < 1e-3]
    assert len(level) > 8 and np.allclose(level, 0.1 / 1.1, rtol=1e-3)


def test_the_picture_shows_the_failing_inputs_first(inputs):
    figure = check(forward, lambda dy, cache: backward(dy, cache, factor=1.1), inputs).plot()
    titles = [axis.get_title(loc="left") for axis in figure.axes]
    assert titles[0] == "W: wrong_scale" and "x: ok" in titles and "error against step size" in titles
    assert figure.get_suptitle() == "wrong_scale: the gradient of W"


def test_what_cannot_be_compared_is_said(inputs):
    figure = check(forward, lambda dy, cache: (backward(dy, cache)[0], None), inputs).plot()
    assert [text.get_text() for axis in figure.axes for text in axis.texts].count("not compared") == 2
