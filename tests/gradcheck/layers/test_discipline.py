"""Accumulation, zeroing and freezing: what a layer owes beside its formula."""

import numpy as np
import pytest

from minilora.gradcheck import check_layer


def test_an_assigned_gradient(rng, causes, dense):
    class Assigns(dense):
        def backward(self, dy):
            dz = dy * (1 - self.y * self.y)
            if self.W.trainable:
                self.W.grad[:] = dz.T @ self.x
            self.b.accumulate(dz.sum(axis=0))
            return dz @ self.W.data

    report = check_layer(Assigns(rng), (5, 3))
    assert causes(report) == [("not_accumulated", "W")] and not report.ok and report["W"].ok
    assert "+=" in report.findings[0].message


def test_a_gradient_that_zero_grad_forgets(rng, causes, dense):
    class Forgets(dense):
        def zero_grad(self):
            self.W.zero_grad()

    report = check_layer(Forgets(rng), (5, 3))
    assert causes(report) == [("not_zeroed", "b")] and report.findings[0].factor == 2


def test_a_gradient_that_depends_on_the_call_before(rng, causes, dense):
    class Decays(dense):
        def backward(self, dy):
            if self.W.trainable:
                self.W.grad[:] *= 0.5
            return super().backward(dy)

    assert causes(check_layer(Decays(rng), (5, 3))) == [("wrong", "W")]


@pytest.mark.parametrize("how", ["grad", "data"])
@pytest.mark.parametrize("from_the_start", [True, False])
def test_a_frozen_parameter_that_is_updated(rng, causes, dense, how, from_the_start):
    class Updates(dense):
        def backward(self, dy):
            dx = super().backward(dy)
            if not self.b.trainable and how == "grad":
                self.b._grad = dy.sum(axis=0)
            elif not self.b.trainable:
                self.b.data[0] += 1
            return dx

    layer = Updates(rng)
    layer.b.trainable = not from_the_start
    before = layer.b.data.copy()
    found = causes(check_layer(layer, (5, 3)))
    assert found[0] == ("frozen_updated", "b") and np.array_equal(layer.b.data, before)


def test_a_backward_that_fails_with_a_frozen_parameter(rng, causes, dense):
    class Touches(dense):
        def backward(self, dy):
            self.W.grad[:] = self.W.grad + (dy * (1 - self.y**2)).T @ self.x
            self.b.accumulate((dy * (1 - self.y**2)).sum(axis=0))
            return dy * (1 - self.y**2) @ self.W.data

    report = check_layer(Touches(rng), (5, 3))
    assert causes(report) == [("frozen_updated", "W")] and "TypeError" in report.findings[0].message


@pytest.mark.parametrize("lost", ["x", "W"])
def test_a_gradient_that_is_lost_when_another_is_frozen(rng, causes, dense, lost):
    class Stops(dense):
        def backward(self, dy):
            dz = dy * (1 - self.y * self.y)
            self.b.accumulate(dz.sum(axis=0))
            if self.b.trainable or lost == "x":
                self.W.accumulate(dz.T @ self.x)
            return dz @ self.W.data * (self.b.trainable or lost == "W")

    report = check_layer(Stops(rng), (5, 3))
    assert causes(report) == [("gradient_cut", lost)] and "b is frozen" in report.findings[0].message


def test_a_gradient_that_changes_when_all_others_are_frozen(rng, causes, dense):
    class Three(dense):
        def __init__(self, *args):
            super().__init__(*args)
            self.g = type(self.b)(np.ones(4))

        def named_parameters(self):
            yield from super().named_parameters()
            yield "g", self.g

        def zero_grad(self):
            super().zero_grad()
            self.g.zero_grad()

        def forward(self, x):
            return super().forward(x) * self.g.data

        def backward(self, dy):
            self.g.accumulate((dy * self.y).sum(axis=0))
            alone = self.b.trainable and not self.W.trainable and not self.g.trainable
            if alone:
                self.b.accumulate(dy.sum(axis=0))
                return super().backward(0 * dy)
            return super().backward(dy * self.g.data)

    assert ("wrong", "b") in causes(check_layer(Three(rng), (5, 3)))
