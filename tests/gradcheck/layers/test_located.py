"""Of a wrong model: which layer is to blame."""

import numpy as np
import pytest

from minilora.gradcheck import check_model
from minilora.nn.parameter import Parameter


class Part:
    """What the layers of a model have in common: parameters among their attributes, and those of their parts."""

    def named_parameters(self):
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield name, value
            elif hasattr(value, "named_parameters"):
                yield from ((f"{name}.{leaf}", parameter) for leaf, parameter in value.named_parameters())
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    yield from ((f"{name}.{i}.{leaf}", parameter) for leaf, parameter in item.named_parameters())

    def zero_grad(self):
        for _, parameter in self.named_parameters():
            parameter.zero_grad()


class Residual(Part):
    """x + inner(x)."""

    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        return x + self.inner.forward(x)

    def backward(self, dy):
        return dy + self.inner.backward(dy)


class Stack(Part):
    """Mean squared error after blocks of residual layers and a head; `shared` runs twice, and keeps a cache for each call."""

    def __init__(self, dense, rng, **kinds):
        self.blocks = [kinds.get(f"block{i}", Residual)(kinds.get(f"inner{i}", dense)(rng, 4, 4)) for i in range(3)]
        self.head = kinds.get("head", dense)(rng, 4, 2)

    def loss(self, x, target):
        for block in self.blocks:
            x = block.forward(x)
        self.difference = self.head.forward(x) - target
        return float((self.difference**2).mean())

    def backward(self):
        dx = self.head.backward(2 * self.difference / self.difference.size)
        for block in reversed(self.blocks):
            dx = block.backward(dx)


@pytest.fixture
def batch(rng):
    return rng.standard_normal((5, 4)), rng.standard_normal((5, 2))


@pytest.fixture
def wrong_dx(dense):
    class WrongDx(dense):
        def backward(self, dy):
            return -super().backward(dy)

    return WrongDx


@pytest.fixture
def wrong_b(dense):
    class WrongB(dense):
        def backward(self, dy):
            dz = dy * (1 - self.y * self.y)
            self.W.accumulate(dz.T @ self.x)
            self.b.accumulate(dz.mean(axis=0))
            return dz @ self.W.data

    return WrongB


def test_the_innermost_layer_that_is_wrong_is_blamed_by_its_name(rng, batch, dense, wrong_dx):
    report = check_model(Stack(dense, rng, inner1=wrong_dx), *batch)
    first = report.findings[0]
    assert first.input == "blocks.1.inner" and first.cause == "sign_flip" and not report.ok
    assert "first layer, seen from the loss" in first.message and "2 other parameters" in first.message
    assert report["blocks.1.inner.W"].ok and not report["blocks.0.inner.W"].ok


def test_its_parameter_is_named_where_that_is_wrong(rng, batch, dense, wrong_b):
    first = check_model(Stack(dense, rng, inner1=wrong_b), *batch).findings[0]
    assert (first.input, first.cause) == ("blocks.1.inner.b", "missing_mean") or first.input == "blocks.1.inner.b"


def test_of_two_wrong_layers_the_one_nearer_to_the_loss_is_blamed(rng, batch, dense, wrong_b, wrong_dx):
    report = check_model(Stack(dense, rng, inner0=wrong_b, inner2=wrong_dx), *batch)
    assert report.findings[0].input == "blocks.2.inner"
    report = check_model(Stack(dense, rng, inner0=wrong_dx, inner2=wrong_b), *batch)
    assert report.findings[0].input == "blocks.2.inner.b"


def test_a_layer_is_blamed_where_all_in_it_are_right(rng, batch, dense):
    class Cut(Residual):
        def backward(self, dy):
            return self.inner.backward(dy)

    first = check_model(Stack(dense, rng, block1=Cut), *batch).findings[0]
    assert first.input == "blocks.1" and first.cause == "missing_term"


def test_the_model_itself_is_blamed_where_every_layer_is_right(rng, batch, dense):
    class Doubled(Stack):
        def backward(self):
            self.difference = 2 * self.difference
            super().backward()

    report = check_model(Doubled(dense, rng), *batch)
    assert "Every layer is right by itself" in report.findings[0].message and report.findings[0].cause == "double_counted"


def test_one_entry_that_is_slightly_wrong_is_found_entry_by_entry(rng, batch, dense):
    class Nearly(dense):
        def backward(self, dy):
            dx = super().backward(dy)
            if self.W.trainable:
                self.W.grad[1, 2] *= 1 + 1.6e-6
            return dx

    report = check_model(Stack(dense, rng, inner1=Nearly), *batch)
    assert report.findings[0].input == "blocks.1.inner.W" and report.findings[0].where == (1, 2)


class Twice(Part):
    """One layer that runs twice and keeps a cache for each call; a tied head uses its weight once more."""

    def __init__(self, dense, rng, flip=1):
        class Stacked(dense):
            caches = ()

            def forward(self, x):
                y = super().forward(x)
                self.caches = (*self.caches, (self.x, self.y))
                return y

            def backward(self, dy):
                (self.x, self.y), self.caches = self.caches[-1], self.caches[:-1]
                return super().backward(dy)

        class Tied:
            def __init__(self, W):
                self.W = W

            def forward(self, x):
                self.x = x
                return x @ self.W.data

            def backward(self, dy):
                self.W.accumulate(flip * self.x.T @ dy)
                return dy @ self.W.data.T

        self.shared = Stacked(rng, 4, 4)
        self.tied = Tied(self.shared.W)

    def loss(self, x, target):
        self.shared.caches = ()
        y = self.tied.forward(self.shared.forward(self.shared.forward(x)))
        self.difference = y[:, :2] - target
        return float((self.difference**2).mean())

    def backward(self):
        dy = np.zeros((len(self.difference), 4))
        dy[:, :2] = 2 * self.difference / self.difference.size
        self.shared.backward(self.shared.backward(self.tied.backward(dy)))


def test_layers_that_run_twice_and_share_a_parameter(rng, batch, dense):
    assert check_model(Twice(dense, rng), *batch).ok
    report = check_model(Twice(dense, rng, flip=-1), *batch)
    assert report.findings[0].cause == "sign_flip" and report.findings[0].input == "shared.W"
    assert report.findings[0].message.startswith("tied is the first layer")


def test_a_lost_dropout_mask_deep_in_a_model(small, monkeypatch):
    from minilora.nn import dropout

    ids, targets = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    model = small(dropout=0.3, n_layers=1)
    assert check_model(model, ids, targets, zero=("k.b",)).ok
    monkeypatch.setattr(dropout, "dropout_backward", lambda dy, cache: (dy / 0.7,))
    first = check_model(model, ids, targets, zero=("k.b",)).findings[0]
    assert (first.cause, first.input) == ("dropout_mask_not_reused", "blocks.0.drop2")


def test_a_wrong_mask_is_told_by_evaluation_mode(rng, batch, dense):
    """A mask that is shifted looks like no mistake that has a name."""

    class Dropping(dense):
        training = True
        source = np.random.default_rng(5)

        def forward(self, x):
            y = super().forward(x)
            self.mask = self.source.random(y.shape) < 0.7 if self.training else np.ones(y.shape)
            return y * self.mask

        def backward(self, dy):
            return super().backward(dy * np.roll(self.mask, 1))

    class Modes(Stack):
        def train(self, training=True):
            self.blocks[1].inner.training = training

        def eval(self):
            self.train(False)

    model = Modes(dense, rng, inner1=Dropping)
    model.blocks[1].inner.source = Dropping.source
    first = check_model(model, *batch).findings[0]
    assert first.cause == "dropout_mask_not_reused" and first.input.startswith("blocks.1.inner")
    assert "Right in evaluation mode" in first.message and model.blocks[1].inner.training


def test_the_layers_are_as_before(rng, batch, dense, wrong_dx):
    model = Stack(dense, rng, inner1=wrong_dx)
    check_model(model, *batch)
    assert not any({"forward", "backward"} & set(vars(part)) for part in (model.head, model.blocks[1], model.blocks[1].inner))


def test_a_layer_whose_backward_is_not_called(rng, batch, dense):
    class Skips(Stack):
        def backward(self):
            dx = self.head.backward(2 * self.difference / self.difference.size)
            self.blocks[1].backward(self.blocks[2].backward(dx))

    first = check_model(Skips(dense, rng), *batch).findings[0]
    assert (first.cause, first.input) == ("gradient_cut", "blocks.0.inner.W")
    assert first.message.startswith("blocks.0.inner runs in forward, and its backward is not called")


def test_a_layer_inside_another_whose_backward_is_not_called(rng, batch, dense):
    class Alone(Residual):
        def backward(self, dy):
            return dy

    first = check_model(Stack(dense, rng, block1=Alone), *batch).findings[0]
    assert first.input == "blocks.1.inner" and "its backward is not called" in first.message


def test_the_other_use_of_a_tied_parameter_is_lost(rng, batch, dense):
    class Half(Twice):
        def backward(self):
            dy = np.zeros((len(self.difference), 4))
            dy[:, :2] = 2 * self.difference / self.difference.size
            self.shared.backward(self.shared.backward(dy @ self.tied.W.data.T))

    first = check_model(Half(dense, rng), *batch).findings[0]
    assert (first.cause, first.input, first.matched) == ("missing_term", "shared.W", "tied")


def test_a_part_that_the_model_adds_once_more(rng, batch, dense):
    class Again(Twice):
        def backward(self):
            super().backward()
            if self.shared.W.trainable:
                self.shared.W.accumulate(self.tied.x.T @ (2 * np.pad(self.difference, ((0, 0), (0, 2))) / self.difference.size))

    first = check_model(Again(dense, rng), *batch).findings[0]
    assert (first.cause, first.input, first.matched) == ("double_counted", "shared.W", "tied")
