"""What several folders of tests share: tiny models, and the stand-in for a device array (imported by name from tests/device)."""

import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from minilora import backend
from minilora.nn import Transformer, TransformerConfig

threadpool_limits(1)  # the tests' products are tiny, and threads that wait for each other on a busy machine cost seconds

SIZES = {"vocab_size": 7, "block_size": 5, "n_layers": 2, "d_model": 6, "n_heads": 2, "d_head": 4, "d_mlp": 9}

sys.path.append(str(Path(__file__).parent / "device"))


def pytest_generate_tests(metafunc):
    """A test that asks for `scenario` runs once for each thing the library does with arrays."""
    if "scenario" in metafunc.fixturenames:
        from scenarios import SCENARIOS

        metafunc.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())


@pytest.fixture
def strict():
    """The module of the strict stand-in array, registered."""
    from strict_array import StrictArray
    from strict_module import strict

    backend.register(StrictArray, strict)
    return strict


@pytest.fixture
def run_on(monkeypatch):
    """Runs a function with new arrays made by the given module."""

    def run(module, function):
        with monkeypatch.context() as patch:
            patch.setattr(backend, "xp", module)
            return function()

    return run


@pytest.fixture
def small():
    """small(preset, **fields) -> a tiny float64 model whose weights are of order one.

    At the values that training starts from, whole parts of a gradient are nearly zero.
    """

    def make(preset="tiny-gpt", rng=0, dtype="float64", **fields):
        sizes = SIZES | ({"n_heads": 4, "n_kv_heads": 2} if preset == "tiny-llama" else {})
        model = Transformer(TransformerConfig.preset(preset, **(sizes | fields)), rng=rng, dtype=dtype)
        draw = np.random.default_rng(1)
        for name, p in model.named_parameters():
            p.data = draw.standard_normal(p.data.shape) * 0.6 + ("gamma" in name)
        return model

    return make


@pytest.fixture
def reseeded():
    """reseeded(model) -> the model for a gradient check, its dropout drawing the same masks in every forward."""
    return Reseeded


class Reseeded:
    """A model whose dropout draws the same masks in every forward."""

    def __init__(self, model):
        self.model, self.state = model, model.rng.bit_generator.state
        self.backward, self.zero_grad, self.named_parameters = model.backward, model.zero_grad, model.named_parameters

    def loss(self, *batch):
        self.model.rng.bit_generator.state = self.state
        return self.model.loss(*batch)
