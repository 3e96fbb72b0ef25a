"""The layers' contract: one backward for one forward, gradients that add up, frozen products that are not computed."""

import numpy as np
import pytest

import minilora.nn.embedding
import minilora.nn.linear
import minilora.nn.norms
from minilora.nn import MLP, Dropout, Embedding, LayerNorm, Linear, Pooling, RMSNorm

rng = np.random.default_rng(0)


def linear(n_in, n_out):
    return Linear(rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out))


x = rng.standard_normal((2, 3, 4))
LAYERS = {
    "Linear": lambda: linear(4, 5),
    "LayerNorm": lambda: LayerNorm(4, 1e-5, "float64"),
    "RMSNorm": lambda: RMSNorm(4, 1e-5, "float64"),
    "MLP": lambda: MLP("relu", linear(4, 6), linear(6, 4)),
    "Dropout": lambda: Dropout(0.5, np.random.default_rng(0)),
    "Dropout, p = 0": lambda: Dropout(0.0, np.random.default_rng(0)),
    "Pooling": lambda: Pooling("mean"),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@every_layer
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_each_backward_consumes_one_forward(make, mode):
    layer = make()
    getattr(layer, mode)()
    with pytest.raises(RuntimeError, match="needs a forward before it: each backward consumes one"):
        layer.backward(x)
    y = layer.forward(x)
    assert layer.backward(np.ones_like(y)).shape == x.shape
    with pytest.raises(RuntimeError, match="needs a forward before it: each backward consumes one"):
        layer.backward(np.ones_like(y))


@every_layer
def test_the_latest_forward_counts(make):
    layer = make().eval()
    dy = rng.standard_normal(layer.forward(x).shape)
    expected = layer.backward(dy)
    layer.forward(x + 1)
    layer.forward(x)
    assert np.array_equal(layer.backward(dy), expected)


@every_layer
def test_gradients_add_up_until_zero_grad(make):
    layer = make().eval()
    dy = rng.standard_normal(layer.forward(x).shape)
    layer.backward(dy)
    once = {name: p.grad.copy() for name, p in layer.named_parameters()}
    layer.forward(x)
    layer.backward(dy)
    for name, p in layer.named_parameters():
        np.testing.assert_allclose(p.grad, 2 * once[name], err_msg=name)
        assert p.grad.any()
    layer.zero_grad()
    assert not any(p.grad.any() for p in layer.parameters())


@every_layer
def test_what_is_handed_over_is_not_changed(make):
    layer, given = make(), x.copy()
    given.flags.writeable = False
    dy = np.ones_like(layer.forward(given))
    dy.flags.writeable = False
    layer.backward(dy)


def recorded(monkeypatch, module, name):
    """What the layer asks of the op's backward, call by call."""
    asked, backward = [], getattr(module, name)

    def recording(dy, cache, needs=None):
        asked.append(needs)
        return backward(dy, cache, needs)

    monkeypatch.setattr(module, name, recording)
    return asked


@pytest.mark.parametrize(
    ("make", "where", "leaf", "rest"),
    [
        (LAYERS["Linear"], (minilora.nn.linear, "linear_backward"), "W", {"x", "b"}),
        (LAYERS["Linear"], (minilora.nn.linear, "linear_backward"), "b", {"x", "W"}),
        (LAYERS["LayerNorm"], (minilora.nn.norms, "layernorm_backward"), "gamma", {"x", "beta"}),
        (LAYERS["LayerNorm"], (minilora.nn.norms, "layernorm_backward"), "beta", {"x", "gamma"}),
        (LAYERS["RMSNorm"], (minilora.nn.norms, "rmsnorm_backward"), "gamma", {"x"}),
    ],
)
def test_a_frozen_parameters_product_is_not_asked_for(monkeypatch, make, where, leaf, rest):
    asked = recorded(monkeypatch, *where)
    layer = make()
    dy = rng.standard_normal(layer.forward(x).shape)
    dx = layer.backward(dy)
    assert set().union(*asked) == rest | {leaf}
    getattr(layer, leaf).trainable = False
    layer.forward(x)
    asked.clear()
    assert np.array_equal(layer.backward(dy), dx)
    assert getattr(layer, leaf).grad is None
    assert set().union(*asked) == rest


def test_a_frozen_table_sums_nothing(monkeypatch):
    table = Embedding(rng.standard_normal((7, 4)))
    asked = recorded(monkeypatch, minilora.nn.embedding, "embedding_backward")
    for trainable, calls in ((True, 1), (False, 1)):
        table.W.trainable = trainable
        assert table.backward(np.ones_like(table.forward(np.array([[1, 2]])))) is None
        assert len(asked) == calls
    with pytest.raises(RuntimeError, match="consumes one"):
        table.backward(x)


def test_modes_reach_every_layer_below():
    layer = MLP("relu", linear(4, 6), linear(6, 4))
    assert layer.eval() is layer and not layer.up.training and not layer.down.training
    assert layer.train() is layer and layer.training and layer.up.training


def test_dropout_is_off_in_eval_and_draws_from_its_generator_in_train():
    layer = Dropout(0.4, np.random.default_rng(3))
    assert layer.eval().forward(x) is x
    y = layer.train().forward(x)
    again = Dropout(0.4, np.random.default_rng(3)).forward(x)
    assert np.array_equal(y, again)
    kept = y != 0
    assert 0 < kept.sum() < x.size
    np.testing.assert_allclose(y[kept], x[kept] / 0.6)
    np.testing.assert_allclose(layer.backward(np.ones_like(x)), kept / 0.6)
    assert not np.array_equal(layer.forward(x), y), "the next mask is another"


def test_pooling_positions():
    mask = np.array([[True, True, False], [True, True, True]])
    for kind, expected in (("cls", x[:, 0]), ("last", x[[0, 1], [1, 2]]), ("mean", [x[0, :2].mean(0), x[1].mean(0)])):
        np.testing.assert_allclose(Pooling(kind).forward(x, mask), expected)
    for kind, expected in (("cls", x[:, 0]), ("last", x[:, -1]), ("mean", x.mean(axis=1))):
        np.testing.assert_allclose(Pooling(kind).forward(x), expected)


def test_the_last_real_token_with_padding_on_the_left():
    mask = np.array([[False, True, True], [False, False, True]])
    np.testing.assert_allclose(Pooling("last").forward(x, mask), x[:, -1])


@pytest.mark.parametrize("kind", ["last", "mean"])
def test_a_sequence_of_padding_alone_cannot_be_pooled(kind):
    mask = np.array([[True, True, True], [False, False, False]])
    with pytest.raises(ValueError, match="^mask hides every token of sequence 1: a classifier needs one to read$"):
        Pooling(kind).forward(x, mask)
