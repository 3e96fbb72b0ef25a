"""The loss in chunks is the loss, and so is its gradient."""

from functools import partial

import numpy as np
import pytest

from minilora.adapters import LoRA, inject
from minilora.nn import Transformer, TransformerConfig
from minilora.nn.head_loss import head_loss, head_loss_backward
from minilora.nn.linear import Linear

N, T, C, V = 3, 7, 5, 11


@pytest.fixture
def given():
    """A head, x and targets: some ignored, those of a whole chunk of 4 among them."""
    rng = np.random.default_rng(0)
    targets = rng.integers(0, V, (N, T))
    targets[0, 4:], targets[1, 0], targets[2, 3] = -100, -100, -100
    return rng.standard_normal((V, C)), rng.standard_normal(V), rng.standard_normal((N, T, C)), targets


def both(given, chunk):
    W, b, x, targets = given
    head = Linear(W, b)
    L, cache = head_loss(head, x, targets, V, chunk)
    return L, head_loss_backward(head, cache), head.W.grad, head.b.grad


@pytest.mark.parametrize("positions", [1, 2, 4, 20])
def test_chunks_change_nothing(given, positions):
    whole, parts = both(given, 10**6), both(given, positions * V)
    for name, a, b in zip(("L", "dx", "dW", "db"), whole, parts, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-14, err_msg=name)


def test_no_more_logits_stand_than_a_chunk_has(given, monkeypatch):
    W, b, x, targets = given
    head, shapes = Linear(W, b), []
    forward = head.forward
    monkeypatch.setattr(head, "forward", lambda x: shapes.append(x.shape) or forward(x))
    head_loss(head, x, targets, V, chunk=4 * V + 3)
    assert shapes == [(4, C)] * 4 + [(1, C)]  # six chunks, of which one has no target that counts


def test_nothing_that_counts(given):
    W, b, x, targets = given
    with pytest.raises(ValueError, match="targets are all ignore_index"):
        head_loss(Linear(W, b), x, np.full_like(targets, -100), V, chunk=V)


def test_an_adapter_in_the_head_is_computed_once(given):
    """Its dropout would draw another mask for the gradient than for the loss."""
    config = TransformerConfig.preset("tiny-gpt", vocab_size=V, block_size=T, n_layers=1, n_heads=1, d_model=C)
    model = Transformer(config, rng=0, dtype="float64")
    inject(model, LoRA(r=2, dropout=0.5), targets=("head",))
    *_, x, targets = given
    L, cache = head_loss(model.head, x, targets, V, chunk=V)
    assert cache[1] is None


def test_a_model_with_a_large_vocabulary_learns_the_same(monkeypatch):
    def gradients(chunk):
        monkeypatch.setattr("minilora.nn.transformer.head_loss", partial(head_loss, chunk=chunk))
        config = TransformerConfig.preset("tiny-llama", vocab_size=V, block_size=T, n_layers=2, n_heads=2, d_model=8)
        model = Transformer(config, rng=0, dtype="float64")
        ids = np.random.default_rng(1).integers(0, V, (N, T))
        loss = model.loss(ids, ids)
        model.backward()
        return {"loss": loss} | {name: p.grad for name, p in model.named_parameters()}

    whole, parts = gradients(10**6), gradients(5 * V)
    for name in whole:
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-11, atol=1e-15, err_msg=name)
