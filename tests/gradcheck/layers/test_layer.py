"""Layers by what they can do: tiny ones with weights, right and wrong."""

import numpy as np
import pytest

from minilora.gradcheck import check_layer, check_model


def test_a_right_layer_passes_and_is_left_as_it_was(rng, dense, weights):
    layer = dense(rng)
    before = weights(layer)
    layer.W.grad[:] = 7  # what a training loop may have left there
    report = check_layer(layer, rng.standard_normal((5, 3)))
    assert report.ok and report.max_error < 1e-8 and list(report.inputs) == ["x", "W", "b"]
    assert all(np.array_equal(before[name], p.data) for name, p in layer.named_parameters())
    assert not layer.W.grad.any()


def test_float32_input_of_a_layer_is_lifted(rng, dense):
    assert check_layer(dense(rng), rng.standard_normal((5, 3)).astype(np.float32)).max_error < 1e-8


def test_integer_input_gets_no_gradient(rng, table):
    report = check_layer(table(rng), np.array([[0, 2, 2], [4, 1, 3]]))
    assert report.ok and list(report.inputs) == ["W"]


def test_frozen_parameters_are_not_checked(rng, dense):
    layer = dense(rng)
    layer.b.trainable = False
    assert list(check_layer(layer, rng.standard_normal((5, 3))).inputs) == ["x", "W"]


@pytest.mark.parametrize("victim", ["x", "W", "b"])
def test_a_wrong_layer_is_blamed_on_the_right_gradient(rng, causes, victim, dense):
    class Wrong(dense):
        def backward(self, dy):
            dx = super().backward(dy)
            if victim == "x":
                dx[2, 1] *= 1.00001
            else:
                getattr(self, victim).grad[1] *= 1.00001
            return dx

    assert [name for _, name in causes(check_layer(Wrong(rng), rng.standard_normal((5, 3))))] == [victim]


def test_a_dead_parameter_of_a_layer(rng, causes, dense):
    class Dead(dense):
        def forward(self, x):
            self.x, self.y = x, np.tanh(x @ self.W.data.T)
            return self.y

        def backward(self, dy):
            dx = super().backward(dy)
            if self.b.trainable:
                self.b.grad[:] = 0
            return dx

    x = rng.standard_normal((5, 3))
    assert causes(check_layer(Dead(rng), x)) == [("dead_parameter", "b")]
    assert check_layer(Dead(rng), x, zero=("b",)).ok


def test_a_layer_that_changes_its_weight_its_input_or_dy(rng, causes, dense, weights):
    class Drifts(dense):
        def backward(self, dy):
            dx = super().backward(dy)
            self.W.data[0, 0] += 1
            dy[0] = 0
            self.x[0] = 0
            return dx

    layer = Drifts(rng)
    before = weights(layer)
    report = check_layer(layer, rng.standard_normal((5, 3)))
    assert causes(report) == [("mutates_input", name) for name in ("x", "dy", "W")] and not report.ok
    assert np.array_equal(before["W"], layer.W.data)


def test_weights_that_every_forward_changes_come_back(rng, causes, dense, weights):
    class Normalises(dense):
        def forward(self, x):
            self.W.data /= np.linalg.norm(self.W.data, axis=1, keepdims=True)
            return super().forward(x)

    layer = Normalises(rng)
    before = weights(layer)
    assert ("mutates_input", "W") in causes(check_layer(layer, rng.standard_normal((5, 3))))
    assert np.array_equal(before["W"], layer.W.data)


def test_dropout_left_on_is_found(rng, causes, dense):
    class Noisy(dense):
        def forward(self, x):
            return super().forward(x) * (rng.random((5, 4)) < 0.5)

    assert causes(check_layer(Noisy(rng), rng.standard_normal((5, 3)))) == [("nondeterministic_forward", "y")]


def test_weights_come_back_after_an_exception(rng, dense, weights):
    class Fails(dense):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls == 100:
                raise RuntimeError("stop")
            return super().forward(x)

    layer = Fails(rng)
    before = weights(layer)
    with pytest.raises(RuntimeError, match="stop"):
        check_layer(layer, rng.standard_normal((5, 3)))
    assert all(np.array_equal(before[name], p.data) for name, p in layer.named_parameters())


@pytest.mark.filterwarnings("error")
def test_a_step_out_of_the_domain_warns_of_nothing(rng, dense):
    class Log(dense):
        def forward(self, x):
            self.x = x
            return np.log(self.W.data * x)

        def backward(self, dy):
            self.W.accumulate((dy / self.W.data).sum(axis=0, keepdims=True))
            return dy / self.x

    layer = Log(rng, n_in=3, n_out=1)
    layer.W.data[:] = [[1e-5, 1.0, 2.0]]
    layer.b.trainable = False
    assert check_layer(layer, np.array([[1.0, 1e-5, 2.0]])).ok


def test_lower_precision_and_nothing_to_check_are_refused(rng, dense, table):
    with pytest.raises(ValueError, match="W is float32, but a gradient check needs float64 weights"):
        check_layer(dense(rng, dtype=np.float32), rng.standard_normal((5, 3)))
    with pytest.raises(ValueError, match="rtol must be > 0"):
        check_layer(dense(rng), rng.standard_normal((5, 3)), rtol=np.nan)
    ids_only = table(rng)
    ids_only.W.trainable = False
    with pytest.raises(ValueError, match="no trainable parameter and x is not floating"):
        check_layer(ids_only, np.array([1, 2]))


@pytest.mark.parametrize("x", [[3, 4], None, "x"])
def test_an_x_that_is_none_is_refused(rng, dense, x):
    expected = r"^x must be an array or a shape, a tuple of ints such as \(3, 4\); got .* a (list|NoneType|str)$"
    with pytest.raises(TypeError, match=expected):
        check_layer(dense(rng), x)


def test_what_is_no_layer_or_no_model_is_refused(batch):
    with pytest.raises(TypeError, match="^layer must have forward, .* and zero_grad; int lacks forward, .*zero_grad$"):
        check_layer(3, (3, 4))
    with pytest.raises(TypeError, match="^model must have loss, backward, named_parameters and zero_grad; int lacks"):
        check_model(3, *batch)


def test_a_parameter_with_two_names_is_one(rng, dense):
    class Tied(dense):
        def named_parameters(self):
            yield from super().named_parameters()
            yield "head.W", self.W

    assert list(check_layer(Tied(rng), (5, 3)).inputs) == ["x", "W", "b"] and check_layer(Tied(rng), (5, 3)).ok


def test_of_a_layer_around_others_dx_is_told_first(small, rng):
    block = small(n_layers=1).blocks[0]

    def through_the_norm(dx):
        dx = block.norm2.backward(dx + block.mlp.backward(block.drop2.backward(dx)))
        return dx + block.norm1.backward(block.attn.backward(block.drop1.backward(dx)))

    block.backward = through_the_norm
    first = check_layer(block, (2, 3, block.norm1.gamma.data.size), zero=("k.b",)).findings[0]
    assert first.input == "x" and first.cause == "missing_term"
