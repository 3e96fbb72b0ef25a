"""Small models for the tests of models: residual layers in a stack, and one layer that runs twice and is tied."""

import numpy as np
import pytest

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


@pytest.fixture
def residual():
    """The class Residual, to be broken."""
    return Residual


@pytest.fixture
def stack():
    """The class Stack, to make models of and to break."""
    return Stack


@pytest.fixture
def twice():
    """The class Twice, to make models of and to break."""
    return Twice


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


class Table(Part):
    """An embedding: integers in, no gradient for them."""

    def __init__(self, rng):
        self.W = Parameter(rng.standard_normal((9, 2)), name="W")

    def forward(self, ids):
        self.ids = ids
        return self.W.data[ids]

    def backward(self, dy):
        if self.W.trainable:
            np.add.at(self.W.grad, self.ids, dy)


@pytest.fixture
def table():
    """The class Table, to be broken."""
    return Table


@pytest.fixture
def with_modes(dense):
    """The class of a dense layer that can train() and eval()."""

    class WithModes(dense):
        training = True

        def train(self):
            self.training = True

        def eval(self):
            self.training = False

    return WithModes


@pytest.fixture
def updates_frozen():
    """Makes backward change the b of a layer while b is frozen. Returns the layer."""

    def make(layer):
        backward = layer.backward

        def updates(dy):
            if not layer.b.trainable:
                layer.b.data[0] += 1
            return backward(dy)

        layer.backward = updates
        return layer

    return make
