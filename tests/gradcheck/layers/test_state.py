"""A check leaves a layer and a model as they were, bit for bit, whatever happens in it."""

import copy
import pickle

import numpy as np
import pytest

from minilora.gradcheck import check_layer, check_model
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW

SIZES = {"vocab_size": 7, "block_size": 4, "n_layers": 1, "n_heads": 2, "d_model": 6, "d_mlp": 5}


def everything(model):
    """The values, modes and random state of a model, as bytes."""
    values = [(name, p.data.tobytes(), p.trainable) for name, p in model.named_parameters()]
    return pickle.dumps([values, [layer.training for _, layer in model.named_layers()], str(model.rng.bit_generator.state)])


@pytest.fixture
def model():
    model = Transformer(TransformerConfig.preset("tiny-gpt", **SIZES, dropout=0.2), rng=0, dtype="float64")
    model.blocks[0].mlp.up.W.trainable = False
    return model


@pytest.fixture
def batch(rng):
    return tuple(rng.integers(0, 7, (2, 4)) for _ in range(2))


@pytest.mark.parametrize("training", [True, False])
def test_a_model_is_as_before(model, batch, training):
    model._set_mode(training)
    before = everything(model)
    assert check_model(model, *batch, zero=("attn.k.b",)).ok
    assert everything(model) == before
    assert not any(p.grad.any() for p in model.parameters() if p.trainable)
    assert model.blocks[0].mlp.up.W.grad is None


def test_a_layer_is_as_before(model):
    before = everything(model)
    assert check_layer(model.blocks[0], (2, 4, 6), zero=("k.b",)).ok
    assert everything(model) == before


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("when", [0, 1, 5, 40, 300])
def test_a_model_is_as_before_after_an_exception(model, batch, monkeypatch, error, when):
    before, calls = everything(model), []
    features = Transformer.features

    def fails(self, *args):
        calls.append(1)
        if len(calls) > when:
            raise error("stop")
        return features(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Transformer, "features", fails)
        with pytest.raises(error, match="stop"):
            check_model(model, *batch)
    assert everything(model) == before
    assert not any("forward" in vars(layer) for _, layer in model.named_layers())


def test_an_optimizer_can_go_on_afterwards(model, batch):
    """Freezing a parameter throws its gradient's memory away, which the optimizer holds."""
    optimizer, twin = AdamW(model.parameters(), lr=1e-2), copy.deepcopy(model)
    other = AdamW(twin.parameters(), lr=1e-2)
    check_model(model, *batch)
    check_layer(model.blocks[0], (2, 4, 6))
    for one, steps in ((model, optimizer), (twin, other)):
        one.loss(*batch)
        one.backward()
        steps.step()
    assert everything(model) == everything(twin)


def test_a_mode_that_only_the_class_knows_comes_back_after_a_failure(rng, with_modes):
    class Wrong(with_modes):
        def backward(self, dy):
            return -super().backward(dy)

    layer = Wrong(rng)
    assert not check_layer(layer, (5, 3)).ok and layer.training


def test_running_statistics_come_back(rng, with_modes):
    class Averages(with_modes):
        def __init__(self, *args):
            super().__init__(*args)
            self.mean = np.zeros(3)

        def forward(self, x):
            if self.training:
                self.mean = 0.9 * self.mean + 0.1 * x.mean(axis=0)
            return super().forward(x)

    layer = Averages(rng)
    assert check_layer(layer, (5, 3)).ok
    assert layer.training and not layer.mean.any()


def test_numbers_come_back(rng, dense):
    class Counts(dense):
        def __init__(self, *args):
            super().__init__(*args)
            self.count, self.name, self.latest = 7, "new", None

        def forward(self, x):
            self.count, self.name, self.latest = self.count + 1, "called", x
            return super().forward(x)

    layer = Counts(rng)
    assert check_layer(layer, (5, 3)).ok
    assert (layer.count, layer.name, layer.latest) == (7, "new", None)
