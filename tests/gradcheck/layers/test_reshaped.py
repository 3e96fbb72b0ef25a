"""A second call with another shape: nothing of the first may be kept."""

import numpy as np
import pytest

from minilora.gradcheck import check_layer
from minilora.gradcheck.layers.reshaped import other_shapes


@pytest.fixture
def keeps(dense):
    """The class of a layer that keeps something of its first call: keeps(what)."""

    def make(what):
        class Keeps(dense):
            kept = None

            def forward(self, x):
                if self.kept is None:
                    self.kept = {"size": len(x), "mask": np.ones((len(x), 1)), "x": x.copy()}[what]
                if what == "mask":
                    return super().forward(x * self.kept)
                return super().forward(x) / len(x) if what == "size" else super().forward(x)

            def backward(self, dy):
                if what == "x":
                    self.x = self.kept
                return super().backward(dy / self.kept if what == "size" else dy)

        return Keeps(np.random.default_rng(0))

    return make


@pytest.mark.parametrize("what", ["size", "mask", "x"])
def test_what_is_kept_of_the_first_call(keeps, causes, what):
    report = check_layer(keeps(what), (5, 3))
    assert [cause for cause, _ in causes(report)] == ["wrong_shape" if what == "x" else "wrong"] and not report.ok
    assert "(4, 3)" in report.findings[0].message and "of the call before is kept" in report.findings[0].message


def test_one_row_is_doubled(keeps):
    assert not check_layer(keeps("size"), (1, 3)).ok


def test_a_layer_that_is_wrong_for_another_shape_from_the_start(rng, causes, dense):
    class Five(dense):
        def backward(self, dy):
            return super().backward(dy) * len(dy) / 5

    report = check_layer(Five(rng), (5, 3))
    assert causes(report) == [("wrong", "x")] and "As a first call it is wrong as well" in report.findings[0].message


def test_a_shape_that_forward_refuses_is_left_out(rng, dense):
    class Fixed(dense):
        def forward(self, x):
            if len(x) != 5:
                raise ValueError("five rows, please")
            return super().forward(x)

    report = check_layer(Fixed(rng), (5, 3))
    assert report.ok and not report.findings


def test_every_axis_but_a_float_arrays_last():
    shapes = [x.shape for x in other_shapes(np.zeros((2, 4, 3)))]
    assert shapes == [(1, 4, 3), (2, 3, 3)]
    assert [x.shape for x in other_shapes(np.zeros((1, 4), dtype=int))] == [(2, 4), (1, 3)]
    assert [x.tolist() for x in other_shapes(np.array([1, 2, 3]))] == [[2, 1]]


@pytest.mark.parametrize("from_the_start", [True, False])
def test_what_is_kept_is_found_beside_a_frozen_parameter_that_is_updated(keeps, causes, from_the_start, updates_frozen):
    layer = keeps("size")
    layer.b.trainable = not from_the_start
    updates_frozen(layer)
    found = causes(check_layer(layer, (5, 3)))
    assert [cause for cause, _ in found] == ["frozen_updated", "wrong"]
