"""Numeric gradients of whole models with every method's adapters, all of them away from their start."""

import numpy as np
import pytest

from minilora.adapters import METHODS, LoRA, adapters_of, inject, merge, unmerge
from minilora.gradcheck import check_model

every_method = pytest.mark.parametrize("method", METHODS)
AT_THE_HEAD = [method for method in METHODS if method != "qlora"]


def trained(model):
    return {name for name, p in model.named_parameters() if p.trainable}


@every_method
@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_in_a_whole_model(hung, away, batch, method, preset):
    """The layers are (6, 8), (8, 6), (6, 9), (9, 6), and (4, 6) for llama's shared keys: none is square."""
    model = away(hung(method, preset=preset, n_layers=1))
    assert all(len(set(layer.W.data.shape)) == 2 for _, layer, *_ in adapters_of(model))
    report = check_model(model, *batch)
    assert report.ok, str(report)
    assert set(report.inputs) == trained(model) and report.max_error < 1e-6


@pytest.mark.parametrize("method", AT_THE_HEAD)
@pytest.mark.parametrize("tied", [True, False])
def test_at_the_head(hung, away, batch, method, tied):
    model = away(hung(method, "head", n_layers=1, tied=tied))
    report = check_model(model, *batch)
    assert report.ok, str(report)
    assert set(report.inputs) == trained(model) and all(name.startswith("head.") for name in report.inputs)


@every_method
def test_two_blocks_pass_the_gradient_on(hung, away, batch, method):
    """The lowest block's adapters learn through those above it: dx of each is right."""
    model = away(hung(method, ("blocks.0.attn.v", "blocks.0.mlp.down", "blocks.1.*")))
    for name, p in model.named_parameters():
        p.trainable = p.trainable and name.startswith("blocks.0.")
    report = check_model(model, *batch)
    assert report.ok and len(report.inputs) >= 2, str(report)


WITH_DROPOUT = [method for method, spec in METHODS.items() if "dropout" in spec.__dataclass_fields__ and method != "dora"]


@pytest.mark.parametrize("method", WITH_DROPOUT)
def test_dropout_is_on_the_adapters_input_in_training_and_its_mask_is_used_again(hung, away, batch, reseeded, method):
    model = away(hung(method, n_layers=1, settings={"dropout": 0.4}))
    exact = model.eval().loss(*batch)
    assert model.loss(*batch) == exact
    assert model.train().loss(*batch) != exact
    report = check_model(reseeded(model), *batch)
    assert report.ok, str(report)


def test_dropout_keeps_the_mean(hung, away, batch):
    """One linear layer on the path: the mean over masks is the output without."""
    model = away(hung("lora", "head", settings={"dropout": 0.4}))
    exact = model.eval().forward(batch[0])
    model.train()
    mean = sum(model.forward(batch[0]) for _ in range(4000)) / 4000
    np.testing.assert_allclose(mean, exact, atol=0.12)


@pytest.mark.parametrize("target", ["embed", "position"])
@pytest.mark.parametrize("method", ["lora", "rslora"])
def test_in_an_embedding(hung, away, batch, method, target):
    model = away(hung(method, target, n_layers=1))
    report = check_model(model, *batch)
    assert report.ok, str(report)
    assert set(report.inputs) == {f"{target}.lora.default.A", f"{target}.lora.default.B"}


def test_an_embedding_and_the_layers_above_together(hung, away, batch):
    model = away(hung("lora", ("embed", "blocks.*", "head"), n_layers=1))
    report = check_model(model, *batch)
    assert report.ok and {"embed.lora.default.A", "head.lora.default.B"} <= set(report.inputs), str(report)


def test_an_embeddings_start_leaves_tokens_alone_until_they_occur(hung, batch, descend):
    """A = 0, B random: dA is zero in the columns of tokens that the batch has not, and so their rows of the table stay."""
    model = hung("lora", "embed")
    ((_, layer, _, adapter),) = adapters_of(model)
    assert not adapter.A.data.any() and abs(adapter.B.data).min() > 0
    descend(model, batch)
    there = np.isin(np.arange(7), batch[0])
    assert not there.all() and np.array_equal(np.abs(adapter.delta()).max(axis=1) > 0, there)
    assert adapter.delta().shape == layer.W.data.shape


@pytest.mark.parametrize("target", ["embed", "position"])
def test_an_embedding_merges(small, batch, away, target):
    model, ids = small(), batch[0]
    inject(model, LoRA(r=3, alpha=5), target)
    away(model).eval()
    logits, head = model.forward(ids), model.head.W.data.copy()
    merge(model)
    np.testing.assert_allclose(model.forward(ids), logits, rtol=1e-10)
    assert np.array_equal(model.head.W.data, head), "a tied head keeps its values"
    unmerge(model)
    assert np.array_equal(model.forward(ids), logits) and model.head.W is model.embed.W
