"""Whole models by what they can do: two layers and a loss, right and wrong."""

import numpy as np
import pytest

from minilora.gradcheck import check_model
from minilora.nn.parameter import Parameter


class Model:
    """Mean squared error of two dense layers."""

    def __init__(self, dense, rng, dtype=np.float64):
        self.layers = {"lower": dense(rng, 3, 4, dtype), "upper": dense(rng, 4, 2, dtype)}

    def named_parameters(self):
        for name, layer in self.layers.items():
            for leaf, parameter in layer.named_parameters():
                yield f"{name}.{leaf}", parameter

    def zero_grad(self):
        for layer in self.layers.values():
            layer.zero_grad()

    def loss(self, x, target):
        self.difference = self.layers["upper"].forward(self.layers["lower"].forward(x)) - target
        return float((self.difference**2).mean())

    def backward(self):
        dy = 2 * self.difference / self.difference.size
        self.layers["lower"].backward(self.layers["upper"].backward(dy))


@pytest.fixture
def batch(rng):
    return rng.standard_normal((5, 3)), rng.standard_normal((5, 2))


def test_a_right_model_passes_and_is_left_as_it_was(rng, batch, dense, weights):
    model = Model(dense, rng)
    before = weights(model)
    model.layers["upper"].b.grad[:] = 7  # what a training loop may have left there
    report = check_model(model, *batch)
    assert report.ok and report.max_error < 2.5e-7
    assert list(report.inputs) == ["lower.W", "lower.b", "upper.W", "upper.b"]
    assert all(np.array_equal(before[name], p.data) and not p.grad.any() for name, p in model.named_parameters())


def test_one_wrong_entry_in_a_model(rng, causes, batch, dense):
    class Wrong(Model):
        def backward(self):
            super().backward()
            self.layers["lower"].b.grad[2] *= 1 + 1e-5

    report = check_model(Wrong(dense, rng), *batch)
    assert causes(report) == [("wrong", "lower.b")] and report.findings[0].where == (2,)
    assert "lower.b.grad[2]" in str(report)


def test_a_dead_parameter_of_a_model_may_be_named_by_its_suffix(rng, causes, batch, dense):
    class Idle(Model):
        """Has a parameter that nothing reads."""

        def __init__(self, *args, size):
            super().__init__(*args)
            self.shift = Parameter(rng.standard_normal(size), name="top.shift.b")

        def named_parameters(self):
            yield from super().named_parameters()
            yield "top.shift.b", self.shift

    model = Idle(dense, rng, size=3)
    assert causes(check_model(model, *batch)) == [("dead_parameter", "top.shift.b")]
    assert check_model(model, *batch, zero=("shift.b",)).ok
    report = check_model(Idle(dense, rng, size=1), *batch)
    assert report.ok and "size of 1" in report["top.shift.b"].note


def test_a_model_that_does_not_add_up_zero_or_freeze(rng, causes, batch, dense):
    class Assigns(Model):
        def backward(self):
            W = self.layers["lower"].W
            if W.trainable:
                W.grad[:] = 0
            super().backward()

    class Forgets(Model):
        def zero_grad(self):
            self.layers["upper"].zero_grad()

    class Stops(Model):
        def backward(self):
            dx = self.layers["upper"].backward(2 * self.difference / self.difference.size)
            if self.layers["lower"].b.trainable:
                self.layers["lower"].backward(dx)

    assert causes(check_model(Assigns(dense, rng), *batch)) == [("not_accumulated", "lower.W")]
    assert causes(check_model(Forgets(dense, rng), *batch)) == [("not_zeroed", "lower.W"), ("not_zeroed", "lower.b")]
    assert ("gradient_cut", "lower.W") in causes(check_model(Stops(dense, rng), *batch))
    assert ("gradient_cut", "lower.W") in causes(check_model(Stops(dense, rng), *batch, samples=2))


@pytest.mark.filterwarnings("error")
def test_a_step_out_of_the_domain_warns_of_nothing(rng, batch, dense):
    class Log(Model):
        def loss(self, x, target):
            return super().loss(x, target) + float(np.log(self.layers["upper"].b.data).sum())

        def backward(self):
            super().backward()
            b = self.layers["upper"].b
            b.accumulate(1 / b.data)

    model = Log(dense, rng)
    model.layers["upper"].b.data[:] = [1e-5, 1.0]
    assert check_model(model, *batch).ok


def test_lower_precision_and_nothing_to_check_are_refused(rng, batch, dense):
    with pytest.raises(ValueError, match="lower.W is float32, but a gradient check needs float64 weights"):
        check_model(Model(dense, rng, np.float32), *batch)
    with pytest.raises(ValueError, match="rtol must be > 0"):
        check_model(Model(dense, rng), *batch, rtol=0)
    model = Model(dense, rng)
    for _, parameter in model.named_parameters():
        parameter.trainable = False
    with pytest.raises(ValueError, match="no trainable parameter"):
        check_model(model, *batch)
