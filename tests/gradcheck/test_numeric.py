"""How exact the numeric gradient is, what it costs, and that it knows a kink from a bend and from rounding."""

import numpy as np
import pytest

from minilora.gradcheck import check, numeric_gradient
from minilora.gradcheck.numeric import differentiate

W = np.random.default_rng(1).standard_normal((3, 5))


def gradient(f, x):
    """The Numeric of an elementwise array function under the cotangent W."""

    def y_at(index, value):
        moved = x.copy()
        moved[index] = value
        return f(moved)

    return differentiate(y_at, x, f(x), W)


def largest_error(numeric, exact):
    return np.max(np.abs(numeric - exact) / np.maximum(np.maximum(np.abs(exact), np.abs(numeric)), 1e-3 * np.abs(exact).max()))


SMOOTH = {
    "exp": (np.exp, np.exp, 1.0),
    "sin, fast": (lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), 1.0),
    "sin of large values": (np.sin, np.cos, 1e3),
    "tanh of small values": (lambda x: np.tanh(1e3 * x), lambda x: 1e3 / np.cosh(1e3 * x) ** 2, 1e-3),
    "cube": (lambda x: x * x * x, lambda x: 3 * x * x, 1.0),
    "square of tiny values": (lambda x: x * x, lambda x: 2 * x, 1e-6),
    "bend close by": (lambda x: np.sqrt(x * x + 1e-6), lambda x: x / np.sqrt(x * x + 1e-6), 1e-3),
}


@pytest.mark.parametrize("case", SMOOTH)
def test_smooth_functions_are_exact_to_1e_8(case, rng):
    f, derivative, scale = SMOOTH[case]
    x = scale * rng.standard_normal(W.shape)
    numeric = gradient(f, x)
    exact = W * derivative(x)
    assert largest_error(numeric.value, exact) < 1e-8
    assert not numeric.kink.any()
    # The error may be estimated too large, never far too small.
    assert np.all(np.abs(numeric.value - exact) <= 10 * numeric.error + 1e-10 * np.abs(exact).max())


def test_softmax_takes_about_four_evaluations_an_entry(rng):
    calls = 0

    def f(x):
        nonlocal calls
        calls += 1
        e = np.exp(x)
        return (W * e / e.sum(axis=-1, keepdims=True)).sum()

    numeric_gradient(f, rng.standard_normal(W.shape))
    assert 4 * W.size < calls <= 6 * W.size


def test_a_normalised_array_with_a_large_offset(rng):
    """Layer norm of 5 +- 1e-3: the step must follow the spread of the values, not their size."""
    x = 5 + 1e-3 * rng.standard_normal(W.shape)

    def normalise(x):
        centered = x - x.mean(axis=-1, keepdims=True)
        return centered / np.sqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-12)

    sigma = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-12)
    xhat = normalise(x)
    exact = (W - W.mean(axis=-1, keepdims=True) - xhat * (W * xhat).mean(axis=-1, keepdims=True)) / sigma
    assert largest_error(gradient(normalise, x).value, exact) < 1e-6


def test_a_slope_that_rounding_nearly_hides(rng):
    """f = 1e4 + sin: where rounding is large against the gradient, a wider step is taken."""
    x = rng.standard_normal(W.shape)
    assert largest_error(gradient(lambda x: 1e4 + np.sin(x), x).value, W * np.cos(x)) < 5e-9


def test_a_layer_norm_of_two_channels(layernorm):
    """Its gradient is of order eps, what cancellation leaves over: the hardest of the usual cases."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        report = check(layernorm.forward, layernorm.backward, layernorm.inputs(rng, 3, 4, 2), rng=seed)
        assert report.ok and report.max_error < 1e-7, f"{seed}\n{report}"


def test_tiny_values_in_a_function_of_order_one(rng):
    """A step relative to values of 1e-9 would drown in rounding."""
    x = 1e-9 * rng.standard_normal(W.shape)
    assert largest_error(gradient(lambda x: np.exp(1 + x), x).value, W * np.exp(1 + x)) < 1e-9


@pytest.mark.parametrize("unit", [1e-7, 1e-12, 1e-30])
def test_tiny_values_in_a_function_of_their_own_scale(rng, unit):
    """No step of a scale of order one sees anything but noise there."""
    x = unit * rng.standard_normal(W.shape)
    numeric = gradient(lambda x: np.sin(x / unit), x)
    assert largest_error(numeric.value, W * np.cos(x / unit) / unit) < 1e-9 and not numeric.kink.any()
    kinked = gradient(lambda x: np.abs(x / unit), x)
    assert largest_error(kinked.value, W * np.sign(x) / unit) < 1e-9 and not kinked.kink.any()


def test_tiny_values_do_not_lose_their_slope_to_rounding():
    """float32 in between: steps so tiny that nothing changes must not count as a slope of zero."""
    x = np.full(W.shape, 1e-9)
    numeric = gradient(lambda x: np.exp(1 + x).astype(np.float32).astype(np.float64), x)
    assert np.all(np.abs(numeric.value - W * np.e) <= 10 * numeric.error)


def test_a_large_output_that_an_entry_does_not_reach(rng):
    """Its rounding error is not counted: the bend of the other output is still stepped down to."""
    x = np.array([1e-3])
    y = lambda index, value: np.array([1e9, np.sqrt(value**2 + 1e-7)])  # noqa: E731
    numeric = differentiate(y, x, y(None, x[0]), np.ones(2))
    assert largest_error(numeric.value, x / np.sqrt(x**2 + 1e-7)) < 1e-8


def test_one_huge_entry_does_not_set_the_steps_of_the_others():
    x = np.array([0.3, -0.7, 1.1, -1e9])
    assert largest_error(numeric_gradient(lambda x: np.sin(x[:3]).sum(), x), np.array([*np.cos(x[:3]), 0.0])) < 1e-9


@pytest.mark.parametrize(
    "f", [np.abs, lambda x: np.maximum(x, 0) + x * x, lambda x: np.maximum(x, 2 * x), lambda x: 1e-3 * np.abs(x) + np.sin(x)]
)
def test_a_kink_is_recognised_at_its_point_only(f):
    x = np.random.default_rng(2).standard_normal(W.shape)
    x[0, 0] = x[2, 3] = 0.0
    kink = gradient(f, x).kink
    assert kink[0, 0] and kink[2, 3] and kink.sum() == 2


@pytest.mark.parametrize("distance", [1e-2, 1e-4, 1e-6])
def test_a_kink_nearby_is_stepped_around(distance):
    x = np.full(W.shape, distance)
    numeric = gradient(np.abs, x)
    assert not numeric.kink.any()
    assert largest_error(numeric.value, W) < 1e-7


@pytest.mark.parametrize("distance", [2.4e-7, 2e-7, 1e-7, 5e-8, 2e-8, 1e-9])
@pytest.mark.parametrize("side", [1, -1])
def test_a_kink_out_of_reach_of_the_smallest_step(distance, side):
    """Nearer than the smallest step it cannot be stepped around: it is a kink, or its slope is right."""
    x = np.random.default_rng(2).standard_normal(W.shape)
    x[1, 2] = side * distance
    f = lambda x: np.maximum(x, 0) + np.sin(x)  # noqa: E731
    numeric = gradient(f, x)
    near = np.zeros(W.shape, dtype=bool)
    near[1, 2] = True
    assert not numeric.kink[~near].any() and (numeric.kink[1, 2] or distance > 1e-7)
    right = np.where(numeric.kink, numeric.value, W * ((x > 0) + np.cos(x)))
    assert largest_error(numeric.value, right) < 1e-8


def test_a_kink_that_is_not_recognised_has_a_large_error():
    """Two kinks at unequal distances on one side. The slope is zero, and wide steps say 1."""
    numeric = gradient(lambda x: np.maximum(x - 1e-8, 0) + np.maximum(x - 1.5e-7, 0), np.zeros(W.shape))
    assert not numeric.kink.any() and np.all(numeric.error > np.abs(numeric.value) / 2)


def test_a_kink_of_two_equal_entries():
    """max over a row whose two largest entries are equal: both lie on a kink, the others do not."""
    x = np.array([1.0, 3.0, 3.0, 2.0])
    numeric = differentiate(lambda i, v: np.array(np.where(np.arange(4) == i[0], v, x).max()), x, np.array(3.0), np.ones(()))
    assert numeric.kink.tolist() == [False, True, True, False]


def test_sharp_but_smooth_is_no_kink():
    x = np.zeros(W.shape)
    assert not gradient(lambda x: np.sqrt(x * x + 1e-10), x).kink.any()


def test_an_infinite_slope_is_no_kink():
    cusp = gradient(lambda x: np.sqrt(np.abs(x)), np.zeros(W.shape))
    assert not cusp.kink.any() and np.all(cusp.error > np.abs(W))


def test_a_jump_and_rounding_are_no_kinks(rng):
    """A step function has no slope and float32 in between hides it: neither is left out, both have a large error."""
    jump = gradient(lambda x: np.sign(x), np.zeros(W.shape))
    assert not jump.kink.any() and np.all(jump.error > np.abs(W))
    rounded = gradient(lambda x: np.sin(x).astype(np.float32).astype(np.float64), rng.standard_normal(W.shape))
    assert rounded.kink.mean() < 0.2 and np.median(rounded.error) > 1e-6


@pytest.mark.filterwarnings("error")
def test_outside_the_domain_the_step_shrinks_or_the_slope_is_nan():
    near = numeric_gradient(lambda x: np.log(x).sum(), np.array([1e-5, 2.0]))
    edge = numeric_gradient(lambda x: np.sqrt(x).sum(), np.array([0.0, 4.0]))
    assert largest_error(near, np.array([1e5, 0.5])) < 1e-6
    assert np.isnan(edge[0]) and edge[1] == pytest.approx(0.25, rel=1e-10)


def test_numeric_gradient_keeps_x_and_lifts_it():
    x = np.array([1.0, 2.0], dtype=np.float32)
    result = numeric_gradient(lambda x: x @ x, x)
    assert result.dtype == np.float64 and x.tolist() == [1.0, 2.0]
    np.testing.assert_allclose(result, [2.0, 4.0], rtol=1e-10)
    assert numeric_gradient(lambda x: float(x) ** 2, np.array(3.0)) == pytest.approx(6.0, rel=1e-10)
    assert numeric_gradient(lambda x: 1.0, np.zeros((0, 2))).shape == (0, 2)
