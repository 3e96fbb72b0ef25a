"""A batch, and adapters away from their start, where B = 0 would hide mistakes."""

from dataclasses import fields

import numpy as np
import pytest

from minilora.adapters import METHODS, LoRA, adapters_of, inject


@pytest.fixture
def batch():
    ids = np.array([[2, 5, 2, 0], [6, 2, 6, 6]])
    targets = np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    return ids, targets


@pytest.fixture
def move():
    """move(model): every adapter's B, zero at the start, becomes random."""

    def away(model, name=None, seed=2):
        draw = np.random.default_rng(seed)
        for *_, adapter in adapters_of(model, name):
            adapter.B.data = 0.5 * draw.standard_normal(adapter.B.data.shape)

    return away


@pytest.fixture
def adapted(small, move):
    """adapted(targets, preset) -> a model whose adapters have moved."""

    def make(targets=("blocks.*", "head"), preset="tiny-gpt", dtype="float64", **fields):
        model = small(preset, dtype=dtype, **fields)
        inject(model, LoRA(r=2, alpha=3, dropout=0.3), targets)
        move(model)
        return model.eval()

    return make


@pytest.fixture
def spec_of():
    """spec_of(method, **settings) -> its spec, small; settings that the method does not have are left out."""

    def make(method, **settings):
        wanted = {"r": 2, "alpha": 3, "detached": False, "block": 4, "band": 1} | settings
        return METHODS[method](**{field.name: wanted[field.name] for field in fields(METHODS[method]) if field.name in wanted})

    return make


@pytest.fixture
def hung(small, spec_of, batch):
    """hung(method, targets, preset, dtype, settings, **fields) -> a model with that method's adapters, at their start."""

    def make(method, targets=("blocks.*",), preset="tiny-gpt", dtype="float64", settings=None, **config):
        model, spec = small(preset, dtype=dtype, **config), spec_of(method, **settings or {})
        inject(model, spec, targets, rng=3, batch=batch if spec.evidence else None)
        return model

    return make


@pytest.fixture
def away():
    """away(model, name) -> the model, every array that learns in its adapters moved away from where it was."""

    def move(model, name=None, seed=2):
        draw = np.random.default_rng(seed)
        for *_, adapter in adapters_of(model, name):
            for p in adapter.parameters():
                if p.trainable:
                    p.data = p.data + 0.3 * draw.standard_normal(p.data.shape)
        return model

    return move


@pytest.fixture
def descend():
    """descend(model, batch, steps): plain gradient descent on whatever learns."""

    def run(model, batch, steps=3, lr=0.1):
        for _ in range(steps):
            model.zero_grad()
            model.loss(*batch)
            model.backward()
            for p in model.parameters():
                if p.trainable:
                    p.data -= lr * p.grad

    return run


@pytest.fixture
def state():
    """state(model) -> all that a refused call must leave as it was."""

    def of(model):
        parameters = {name: (p.data.copy(), p.trainable, p.name) for name, p in model.named_parameters()}
        switches = [(layer, name, a.enabled, a.merged, a.training) for layer, _, name, a in adapters_of(model)]
        return parameters, switches

    return of


@pytest.fixture
def same():
    """same(state, state): bit for bit."""

    def compare(one, two):
        (p, s), (q, t) = one, two
        return s == t and p.keys() == q.keys() and all(np.array_equal(p[k][0], q[k][0]) and p[k][1:] == q[k][1:] for k in p)

    return compare
