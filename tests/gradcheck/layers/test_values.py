"""The values that a check draws: of order one, so that nothing hides behind zeros and ones, and finite or none."""

import numpy as np
import pytest

from minilora.gradcheck import check_layer, check_model
from minilora.gradcheck.layers.values import standard_normal
from minilora.nn.parameter import Parameter


def with_zeros(dense):
    """A layer at the values that training may start from, whose backward is wrong where b is not zero."""

    class Wrong(dense):
        def backward(self, dy):
            return super().backward(dy) + self.b.data.sum()

    layer = Wrong(np.random.default_rng(0))
    layer.b.data[:] = 0
    return layer


def test_drawn_values_show_what_zeros_hide(dense):
    assert not check_layer(with_zeros(dense), (5, 3)).ok
    assert check_layer(with_zeros(dense), (5, 3), values="own").ok


def test_frozen_parameters_are_drawn_too(dense):
    layer = with_zeros(dense)
    layer.b.trainable = False
    assert not check_layer(layer, (5, 3)).ok and not layer.b.data.any()


def test_own_values_where_drawn_ones_are_not_finite(dense, rng):
    class Root(dense):
        """y = sqrt(W) x, for positive W only."""

        def forward(self, x):
            self.x = x
            return np.sqrt(self.W.data) * x

        def backward(self, dy):
            self.W.accumulate((dy * self.x / (2 * np.sqrt(self.W.data))).sum(axis=0, keepdims=True))
            return dy * np.sqrt(self.W.data)

    layer = Root(rng, n_in=9, n_out=1)
    layer.W.data[:] = np.arange(1.0, 10.0)
    layer.b.trainable = False
    report = check_layer(layer, (5, 9))
    assert report.ok and "kept their own values" in report.notes[0]


def test_what_a_matrix_computes_is_of_order_one(rng):
    for shape in ((5, 3), (50, 400), (7, 1)):
        y = rng.standard_normal((1000, shape[1])) @ standard_normal(rng, shape).T
        assert 0.5 < y.std() < 2
    assert standard_normal(rng, (1000,)).std() == pytest.approx(1, abs=0.1)


def test_one_seed_one_check_and_a_generator_goes_on(dense):
    layer = dense(np.random.default_rng(0))
    first, again, other = (check_layer(layer, (5, 3), rng=seed)["x"].numeric for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.allclose(first, other)
    rng = np.random.default_rng(1)
    assert not np.allclose(*(check_layer(layer, (5, 3), rng=rng)["x"].numeric for _ in range(2)))


def test_another_word_is_refused(dense, rng):
    with pytest.raises(ValueError, match="values must be 'drawn' .* or 'own' .*, got 'mine'"):
        check_layer(dense(rng), (5, 3), values="mine")
    with pytest.raises(ValueError, match="values must be"):
        check_model(dense(rng), values="mine")


def test_integer_parameters_are_left_alone(dense, rng):
    class Coded(dense):
        def named_parameters(self):
            yield from super().named_parameters()
            yield "codes", self.codes

    layer = Coded(rng)
    layer.codes = Parameter(np.array([1, 2]), trainable=False)
    assert check_layer(layer, (5, 3)).ok and layer.codes.data.tolist() == [1, 2]
