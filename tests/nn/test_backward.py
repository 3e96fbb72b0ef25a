"""What the Transformer does not compute: backward stops after the lowest block that learns."""

import numpy as np
import pytest

from minilora.nn import Linear


def freeze_all_but(model, *suffixes):
    model.zero_grad()
    for name, p in model.named_parameters():
        p.trainable = name.endswith(suffixes)


def forbid(monkeypatch, *layers):
    """Backward of these layers must not be called."""

    def called(*_):
        raise AssertionError("backward went below the lowest layer that learns")

    for layer in layers:
        monkeypatch.setattr(layer, "backward", called, raising=False)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-bert"])
@pytest.mark.parametrize("lowest", [0, 1, 2])
def test_backward_stops_after_the_lowest_block_that_learns(small, batch, monkeypatch, preset, lowest):
    ids, targets, mask = batch
    model = small(preset, n_layers=3, tied=False)
    model.loss(ids, targets, mask)
    model.backward()
    name = f"blocks.{lowest}.attn.q.W"
    expected = dict(model.named_parameters())[name].grad.copy()
    freeze_all_but(model, name, "blocks.2.mlp.down.W")
    below = [model.embed, model.position, model.token_types, model.embed_norm, model.drop, *model.blocks[:lowest]]
    forbid(monkeypatch, *filter(None, below))
    model.loss(ids, targets, mask)
    assert model.backward() is None
    for key, p in model.named_parameters():
        assert (p.grad is not None) == (key in (name, "blocks.2.mlp.down.W"))
    assert np.array_equal(dict(model.named_parameters())[name].grad, expected)


@pytest.mark.parametrize("suffix", ["embed.W", "position.W", "token_types.W", "embed_norm.beta"])
def test_backward_goes_down_to_what_learns_below_the_blocks(small, batch, suffix):
    ids, targets, mask = batch
    model = small("tiny-bert", tied=False)
    model.loss(ids, targets, mask)
    model.backward()
    expected = dict(model.named_parameters())[suffix].grad.copy()
    freeze_all_but(model, suffix)
    model.loss(ids, targets, mask)
    model.backward()
    assert expected.any() and np.array_equal(dict(model.named_parameters())[suffix].grad, expected)


def test_vectors_get_their_gradient_where_all_is_frozen(small, batch):
    model = small("tiny-gpt")
    x = np.random.default_rng(0).standard_normal((2, 4, 6))
    dlogits = np.random.default_rng(1).standard_normal((2, 4, 7))
    model.forward(x)
    expected = model.backward(dlogits)
    freeze_all_but(model, "nothing")
    model.forward(x)
    assert np.array_equal(model.backward(dlogits), expected)
    assert all(p.grad is None for p in model.parameters())


def test_a_classifier_head_alone_reaches_no_block(small, batch, monkeypatch):
    ids, _, mask = batch
    model = small("tiny-gpt", n_classes=3)
    freeze_all_but(model, "head.W", "head.b")
    forbid(monkeypatch, *model.blocks, model.embed)
    model.loss(ids, np.array([0, 2]), mask)
    model.backward()
    assert model.head.W.grad.any() and model.head.b.grad.any()


def test_a_frozen_matrix_keeps_no_input():
    rng = np.random.default_rng(0)
    layer, x = Linear(rng.standard_normal((5, 3))), rng.standard_normal((2, 4, 3))
    layer.W.trainable = False
    layer.forward(x)
    assert layer._cache[0][0] is None
    assert np.array_equal(layer.backward(np.ones((2, 4, 5))), np.ones((2, 4, 5)) @ layer.W.data)
    layer.W.name = "blocks.0.attn.q.W"
    layer.forward(x)
    layer.W.trainable = True
    with pytest.raises(RuntimeError, match=r"^blocks\.0\.attn\.q\.W was frozen in the forward"):
        layer.backward(np.ones((2, 4, 5)))
