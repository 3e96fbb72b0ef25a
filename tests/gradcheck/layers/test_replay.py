"""Recomputed from the changed layer up: the losses are those of a whole forward in any order of the layers, with fewer calls."""

import numpy as np
import pytest

from minilora.gradcheck.layers.replay import Replay
from minilora.gradcheck.layers.state import Dice
from minilora.nn.parameter import Parameter


class Model:
    """Layers by name, run in the order of `order`; `reads` is a parameter that the loss itself looks at."""

    def __init__(self, layers, order, reads=None):
        self.layers, self.order, self.reads, self.ran = layers, order, reads, []

    def parameters(self):
        return {f"{name}.{leaf}": p for name, layer in self.layers.items() for leaf, p in layer.named_parameters()}

    def loss(self, x):
        for name in self.order:
            x = self.layers[name].forward(x)
            x += 1  # in place: what is recorded must not be what is handed out
        return float((x * x).sum() + (0 if self.reads is None else (self.reads.data**2).sum()))


@pytest.fixture
def counted(dense):
    """The class Dense, whose forwards are counted by layer."""

    class Counted(dense):
        calls = 0

        def forward(self, x):
            self.calls += 1
            return super().forward(x)

    return Counted


def losses(model, x):
    """{name: (replayed, whole)} for one moved entry of each parameter."""
    dice, parameters = Dice(model), model.parameters()

    def loss():
        dice.rewind()
        return np.asarray(model.loss(x))

    replay, result = Replay(model, loss, parameters, dice), {}
    for name, parameter in parameters.items():
        parameter.data.flat[0] += 0.5
        with replay.running():
            replayed = replay.after(name)
        result[name] = float(replayed), float(loss())
        parameter.data.flat[0] -= 0.5
    return result


def agree(found):
    return all(replayed == pytest.approx(whole, rel=1e-13) for replayed, whole in found.values())


@pytest.mark.parametrize("order", ["abc", "cab", "abacab", "aab", "bcb"])
def test_any_order_gives_the_same_losses(counted, rng, order):
    model = Model({name: counted(rng, 4, 4) for name in "abc"}, order)
    found = losses(model, rng.standard_normal((5, 4)))
    assert agree(found)
    first = order[0]
    assert all(found[f"{name}.W"][0] != found[f"{first}.W"][0] for name in set(order) - {first})


def test_what_lies_below_is_not_computed(counted, rng):
    model = Model({name: counted(rng, 4, 4) for name in "abc"}, "abc")
    x, parameters, dice = rng.standard_normal((5, 4)), model.parameters(), Dice(model)
    replay = Replay(model, lambda: np.asarray(model.loss(x)), parameters, dice)
    before = {name: layer.calls for name, layer in model.layers.items()}
    with replay.running():
        replay.after("c.b")
        replay.after("b.W")
    assert {name: layer.calls - before[name] for name, layer in model.layers.items()} == {"a": 0, "b": 1, "c": 2}
    assert not any("forward" in vars(layer) for layer in model.layers.values())


def test_a_parameter_that_others_read_is_computed_as_a_whole(counted, rng):
    layers = {name: counted(rng, 4, 4) for name in "abc"}

    class Peeks(counted):
        def forward(self, x):
            return super().forward(x) * layers["c"].b.data[0]

    layers["a"] = Peeks(rng, 4, 4)
    assert agree(losses(Model(layers, "abc"), rng.standard_normal((5, 4))))
    assert agree(losses(Model(layers, "abc", reads=layers["b"].W), rng.standard_normal((5, 4))))


def test_a_parameter_of_no_layer_is_computed_as_a_whole(counted, rng):
    class More(Model):
        def parameters(self):
            return {**super().parameters(), "shift": self.shift}

        def loss(self, x):
            return super().loss(x + self.shift.data)

    model = More({name: counted(rng, 4, 4) for name in "ab"}, "ab")
    model.shift = Parameter(rng.standard_normal(4))
    assert agree(losses(model, rng.standard_normal((5, 4))))


def test_random_numbers_above_what_is_skipped_are_the_same(dense, rng):
    source = np.random.default_rng(3)

    class Noisy(dense):
        def __init__(self, *args):
            super().__init__(*args)
            self.source = source

        def forward(self, x):
            y = super().forward(x)
            return y * (self.source.random(y.shape) < 0.5)

    model = Model({name: Noisy(rng, 4, 4) for name in "abc"}, "abc")
    assert agree(losses(model, rng.standard_normal((5, 4))))


def test_an_order_that_depends_on_the_values(counted, rng):
    class Turns(Model):
        def loss(self, x):
            self.order = "abc" if self.layers["c"].b.data[0] < 0.3 else "bac"
            return super().loss(x)

    model = Turns({name: counted(rng, 4, 4) for name in "abc"}, "abc")
    model.layers["c"].b.data[0] = 0.0
    assert agree(losses(model, rng.standard_normal((5, 4))))


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama", "tiny-bert"])
def test_transformers(small, preset):
    ids, targets = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    model = small(preset, dropout=0.2)
    dice, parameters = Dice(model), dict(model.named_parameters())

    def loss():
        dice.rewind()
        return np.asarray(model.loss(ids, targets))

    replay = Replay(model, loss, parameters, dice)
    assert set(replay.starts) == set(parameters)
    for name, parameter in parameters.items():
        parameter.data.flat[-1] += 0.5
        with replay.running():
            replayed = replay.after(name)
        assert float(replayed) == pytest.approx(float(loss()), rel=1e-13), name
        parameter.data.flat[-1] -= 0.5
