"""Merging: the same function, the same weights back, and all that is refused on the way."""

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, disable, enable, inject, merge, unmerge


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama", "tiny-bert"])
@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-10), ("float32", 2e-3)])
def test_merged_computes_the_same_and_W_has_really_changed(adapted, batch, preset, dtype, rtol):
    model, ids = adapted(preset=preset, dtype=dtype), batch[0]
    before = model.forward(ids)
    weights = {name: layer.W.data.copy() for name, layer, *_ in adapters_of(model)}
    merge(model)
    np.testing.assert_allclose(model.forward(ids), before, rtol=rtol, atol=rtol)
    for name, layer, _, adapter in adapters_of(model):
        change = layer.W.data - weights[name]
        assert np.abs(change).max() > 0.01 and layer.W.data.dtype == dtype
        np.testing.assert_allclose(change, adapter.delta(), atol=1e-12 if dtype == "float64" else 1e-5)
    disabled = adapted(preset=preset, dtype=dtype)
    disable(disabled)
    assert np.abs(disabled.forward(ids) - before).max() > 0.01, "the adapters do change the model"


def test_a_merged_layer_runs_no_adapter(adapted, batch, monkeypatch):
    model = adapted()
    merge(model)

    def called(*_):
        raise AssertionError("the adapter ran although it is merged")

    for *_, adapter in adapters_of(model):
        monkeypatch.setattr(adapter, "forward", called)
    model.forward(batch[0])


def test_unmerge_is_bit_for_bit(adapted, batch):
    for dtype in ("float32", "float64"):
        model, ids = adapted(dtype=dtype), batch[0]
        objects = {name: layer.W for name, layer, *_ in adapters_of(model)}
        values = {name: p.data.copy() for name, p in model.named_parameters()}
        logits = model.forward(ids)
        for _ in range(3):
            merge(model)
            unmerge(model)
        assert all(layer.W is objects[name] for name, layer, *_ in adapters_of(model))
        assert {name for name, _ in model.named_parameters()} == set(values)
        assert all(np.array_equal(p.data, values[name]) for name, p in model.named_parameters())
        assert np.array_equal(model.forward(ids), logits)


def test_a_second_merge_is_refused_with_nothing_changed(adapted, batch):
    model = adapted()
    merge(model)
    logits = model.forward(batch[0])
    message = r"^adapter 'default' is merged into blocks.0.attn.q.W already: call unmerge\(model\) first$"
    for name in (None, "default"):
        with pytest.raises(RuntimeError, match=message):
            merge(model, name)
    assert np.array_equal(model.forward(batch[0]), logits)


def test_a_second_merge_where_one_layer_alone_is_merged_changes_nothing(adapted, state, same):
    model = adapted("attn.q")
    adapters_of(model)[1][-1].merged = True  # the second layer's only
    before = state(model)
    with pytest.raises(RuntimeError, match="blocks.1.attn.q.W already"):
        merge(model)
    assert same(state(model), before)


def test_unmerge_of_nothing_is_refused(adapted, small):
    for model in (adapted(), small()):
        with pytest.raises(RuntimeError, match=r"^nothing is merged: call merge\(model\) first$"):
            unmerge(model)


def test_merge_of_nothing_is_refused(adapted, small):
    model = adapted()
    disable(model)
    for nothing in (small(), model):
        with pytest.raises(ValueError, match="^the model has no enabled adapter to merge: call inject"):
            merge(nothing)


def test_backward_is_refused_while_merged_and_works_after(adapted, batch):
    model = adapted()
    model.loss(*batch)
    model.backward()
    expected = {name: p.grad.copy() for name, p in model.named_parameters() if p.trainable}
    model.zero_grad()
    merge(model)
    model.loss(*batch)
    with pytest.raises(RuntimeError, match=r"^adapter 'default' is merged into head.W: call unmerge\(model\) before backward$"):
        model.backward()
    unmerge(model)
    model.loss(*batch)
    model.backward()
    assert all(np.array_equal(p.grad, expected[name]) for name, p in model.named_parameters() if p.trainable)


def test_a_forward_of_the_merged_model_has_no_backward_after_unmerge(adapted, batch):
    """It would train with no gradient for A and B, and say nothing."""
    model = adapted()
    merge(model)
    model.loss(*batch)
    unmerge(model)
    with pytest.raises(RuntimeError, match="needs a forward before it"):
        model.backward()


def test_train_and_eval_merge_nothing(adapted, batch):
    model = adapted()
    weights = [layer.W.data.copy() for _, layer, *_ in adapters_of(model)]
    for switch in (model.train, model.eval, model.train, model.eval):
        switch()
        assert all(np.array_equal(layer.W.data, W) for (_, layer, *_), W in zip(adapters_of(model), weights, strict=True))
    merge(model)
    merged = [layer.W for _, layer, *_ in adapters_of(model)]
    for switch in (model.train, model.eval):
        switch()
        assert all(layer.W is W for (_, layer, *_), W in zip(adapters_of(model), merged, strict=True))
        assert all(adapter.merged for *_, adapter in adapters_of(model))


def test_a_tied_head_is_untied_by_merge_and_tied_again_by_unmerge(adapted, batch):
    model, ids = adapted("head"), batch[0]
    before, table = model.forward(ids), model.embed.W.data.copy()
    merge(model)
    assert model.head.W is not model.embed.W
    assert np.array_equal(model.embed.W.data, table), "the embedding keeps its values"
    np.testing.assert_allclose(model.forward(ids), before, rtol=1e-10)
    assert all(p.name == name for name, p in model.named_parameters())
    assert {"embed.W", "head.W"} <= {name for name, _ in model.named_parameters()}
    unmerge(model)
    assert model.head.W is model.embed.W and np.array_equal(model.forward(ids), before)
    assert all(p.name == name for name, p in model.named_parameters()) and "head.W" not in dict(model.named_parameters())


def test_one_of_several_by_name(small, batch, move):
    ids, model = batch[0], small()
    inject(model, LoRA(r=2, alpha=3), "attn.q", name="one", rng=1)
    inject(model, LoRA(r=3, alpha=7), ("attn.q", "mlp.up"), name="two", rng=2)
    move(model)
    both = model.forward(ids)
    original = {name: layer.W.data.copy() for name, layer, *_ in adapters_of(model)}
    for order in (("one", "two"), ("two", "one")):
        for name in order:
            merge(model, name)
            np.testing.assert_allclose(model.forward(ids), both, rtol=1e-10)
        unmerge(model)
        assert np.array_equal(model.forward(ids), both)
        assert all(np.array_equal(layer.W.data, original[name]) for name, layer, *_ in adapters_of(model))
    merge(model)
    np.testing.assert_allclose(model.forward(ids), both, rtol=1e-10)


def test_merge_takes_the_enabled_ones(small, batch, move):
    ids, model = batch[0], small()
    inject(model, LoRA(r=2), "attn.q", name="on", rng=1)
    inject(model, LoRA(r=2), "attn.q", name="off", rng=2)
    move(model)
    disable(model, "off")
    before = model.forward(ids)
    merge(model)
    np.testing.assert_allclose(model.forward(ids), before, rtol=1e-10)
    assert [adapter.merged for *_, adapter in adapters_of(model)] == [True, False] * 2


def test_disable_is_refused_while_merged(adapted, batch):
    model = adapted()
    merge(model)
    message = r"^adapter 'default' is merged into blocks.0.attn.q.W: call unmerge\(model\) before disable$"
    with pytest.raises(RuntimeError, match=message):
        disable(model)
    assert all(adapter.enabled for *_, adapter in adapters_of(model))
    enable(model)


def test_a_disabled_adapter_is_not_merged(adapted):
    model = adapted()
    disable(model, "default")
    with pytest.raises(ValueError, match="no enabled adapter"):
        merge(model, "default")
