"""The first steps that lesson 20 compares, and DoRA's geometry, in a small model."""

import numpy as np
import pytest

from minilora.adapters import DoRA, inject, match
from minilora.experiments.first_steps import cosines, gradients, of_dora
from minilora.nn import Transformer, TransformerConfig


@pytest.fixture
def model():
    return Transformer(TransformerConfig(vocab_size=17, block_size=8, n_layers=1, n_heads=2, d_model=24), rng=0, dtype="float64")


@pytest.fixture
def batch():
    return tuple(np.random.default_rng(0).integers(0, 17, (2, 4, 8)))


def test_no_first_step_is_nearer_than_the_bound_and_that_of_lora_ga_reaches_it(model, batch):
    layers = match(model.eval(), "blocks.*")
    found = cosines(model, layers, batch, seeds=[0, 1], r=2)
    assert [len(found[name]) for name in ("LoRA", "LoRA-FA", "LoRA-GA", "the bound")] == [12, 12, 6, 6]
    assert found["LoRA-GA"] == pytest.approx(found["the bound"])
    assert all(max(np.subtract(rows, found["the bound"] * (len(rows) // 6))) < 1e-9 for rows in found.values())


def test_gradients_are_those_of_backward(model, batch):
    layers = match(model.eval(), "attn.*")
    found = gradients(model, layers, batch)
    model.zero_grad()
    model.loss(*batch)
    model.backward()
    for name, layer in layers.items():
        assert found[name] == pytest.approx(layer.W.grad)


def test_the_geometry_of_dora_holds_for_the_exact_gradient_and_not_for_the_detached(model, batch):
    layers = match(model.eval(), "blocks.*")
    for detached in (False, True):
        adapted = Transformer(model.config, rng=0, dtype="float64").eval()
        inject(adapted, DoRA(2, 4, detached=detached), "blocks.*", rng=0)
        rng = np.random.default_rng(1)
        for p in adapted.parameters():
            if p.trainable:
                p.data = p.data + 0.1 * rng.standard_normal(p.data.shape)
        if detached:
            with pytest.raises(ValueError, match="not what the formula says"):
                of_dora(adapted, model, layers, batch)
            continue
        rows = of_dora(adapted, model, layers, batch)
        assert [name for name, *_ in rows] == list(layers)
        assert all(0 < share < 1 and 0 < cosine < 1 for _, share, cosine in rows)
