"""A model of one linear layer with dropout, and endless batches for it: small enough to check by hand."""

import numpy as np
import pytest

from minilora.nn import Layer, Parameter
from minilora.training import load_checkpoint, save_checkpoint


class TinyModel(Layer):
    """loss = mean (W (mask x) + b - y)^2, x: (N, 5), y: (N, 3). `scale` is frozen and unused."""

    def __init__(self, seed=0, dtype="float64", dropout=0.25):
        init = np.random.default_rng(seed)
        self.rng = np.random.default_rng(seed + 1)
        self.dropout = dropout
        self.training = True
        self.W = Parameter(init.standard_normal((3, 5)).astype(dtype), name="W")
        self.b = Parameter(init.standard_normal(3).astype(dtype), name="b")
        self.scale = Parameter(init.standard_normal(4).astype(dtype), trainable=False, name="scale")

    def named_parameters(self):
        return [(p.name, p) for p in (self.b, self.scale, self.W)]

    def parameters(self):
        return [p for _, p in self.named_parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.zero_grad()

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def loss(self, x, y):
        x = x.astype(self.W.data.dtype)
        if self.training and self.dropout:
            x = x * (self.rng.random(x.shape) >= self.dropout)
        error = x @ self.W.data.T + self.b.data - y.astype(self.W.data.dtype)
        self.cache = x, error
        return (error * error).mean().item()

    def backward(self):
        x, error = self.cache
        error = error * (2 / error.size)
        self.W.accumulate(error.T @ x)
        self.b.accumulate(error.sum(axis=0))


class TinyBatches:
    """y = U x + noise, N rows at a time."""

    def __init__(self, seed=0, N=8):
        self.rng = np.random.default_rng(seed)
        self.N = N
        self.U = np.arange(15.0).reshape(3, 5) / 10 - 0.7

    def __iter__(self):
        return self

    def __next__(self):
        x = self.rng.standard_normal((self.N, 5))
        return x, x @ self.U.T + 0.1 * self.rng.standard_normal((self.N, 3))

    def state(self):
        return self.rng.bit_generator.state

    def load_state(self, state):
        self.rng.bit_generator.state = state


@pytest.fixture
def Model():
    return TinyModel


@pytest.fixture
def Batches():
    return TinyBatches


class TokenBatches:
    """ids and targets for the model of the fixture `small`, the same batch again and again."""

    def __init__(self, seed=0):
        self.ids, self.targets = np.random.default_rng(seed).integers(0, 7, (2, 3, 5))

    def __iter__(self):
        return self

    def __next__(self):
        return self.ids, self.targets

    def state(self):
        return {}

    def load_state(self, state):
        pass


@pytest.fixture
def train():
    """train(model, optimizer, steps): that many steps on one batch. Returns the losses."""

    def run(model, optimizer, steps, batches=None):
        batches, losses = batches or TokenBatches(), []
        for _ in range(steps):
            model.zero_grad()
            losses.append(model.loss(*next(batches)))
            model.backward()
            optimizer.step()
        return losses

    return run


@pytest.fixture
def resumes(train, tmp_path):
    """resumes(build, steps, stop): a run that is saved after `stop` steps and taken up by another model gives the same bits.

    build(seed) -> model, optimizer. The second gets another seed and other weights: all that counts is in the checkpoint.
    """

    def bits(model, optimizer):
        arrays = [p.data for p in model.parameters()] + [a for _, a in sorted(optimizer.state()["arrays"].items())]
        return [a.tobytes() for a in arrays], model.rng.bit_generator.state

    def check(build, steps, stop):
        model, optimizer = build(0)
        train(model, optimizer, stop)
        save_checkpoint(tmp_path, model, optimizer)
        train(model, optimizer, steps - stop)
        resumed, again = build(1)
        for p in resumed.parameters():
            p.data = p.data + 1
        assert bits(resumed, again) != bits(model, optimizer)
        load_checkpoint(tmp_path, resumed, again)
        train(resumed, again, steps - stop)
        assert bits(resumed, again) == bits(model, optimizer)

    return check
