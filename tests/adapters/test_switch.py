"""One base, several adapters: which are on, and how much each counts."""

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, disable, enable, inject, merge, switch, unmerge, weigh
from minilora.gradcheck import check_model

METHODS = ["lora", "pissa", "vera", "lokr"]


@pytest.fixture
def three(small, spec_of, away):
    """A model with adapters one, two and three, of three methods, on overlapping layers."""
    model = small().eval()
    kinds = (("one", "lora", "attn.*"), ("two", "pissa", ("attn.q", "mlp.up")), ("three", "lokr", "blocks.*"))
    for seed, (name, method, targets) in enumerate(kinds):
        inject(model, spec_of(method), targets, name=name, rng=seed)
        away(model, name, seed)
    return model


def by_hand(model, small, weights):
    """The plain model with weights[name] times each adapter's change added to its weights."""
    plain = small().eval()
    layers = dict(plain.named_layers())
    for layer_name, _, name, adapter in adapters_of(model):
        layers[layer_name].W.data = layers[layer_name].W.data + weights.get(name, 0) * adapter.delta()
    return plain


def close(model, plain, batch):
    np.testing.assert_allclose(model.forward(batch[0]), plain.forward(batch[0]), rtol=1e-10)


def test_switch_turns_the_others_off(three, small, batch):
    close(three, by_hand(three, small, {"one": 1, "two": 1, "three": 1}), batch)
    for name in ("two", "one", "three"):
        switch(three, name)
        close(three, by_hand(three, small, {name: 1}), batch)
        assert {key for *_, key, adapter in adapters_of(three) if adapter.enabled} == {name}
    disable(three)
    assert np.array_equal(three.forward(batch[0]), small().eval().forward(batch[0]))


def test_switch_to_what_is_not_there(three, state, same):
    before = state(three)
    with pytest.raises(ValueError, match="^the model has no adapter named 'four'; it has 'one', 'three', 'two'$"):
        switch(three, "four")
    assert same(state(three), before)


def test_switch_is_refused_while_another_is_merged_with_nothing_changed(three, state, same):
    merge(three, "three")
    before = state(three)
    message = r"^adapter 'three' is merged into blocks.0.attn.q.W: call unmerge\(model\) before switch$"
    with pytest.raises(RuntimeError, match=message):
        switch(three, "one")
    assert same(state(three), before)
    unmerge(three)
    merge(three, "one")
    disable(three, "two")
    disable(three, "three")
    switch(three, "one")


def test_weigh_multiplies_the_change(three, small, batch):
    base = small().eval().forward(batch[0])
    for weights in ({"one": 2.5, "two": 1, "three": 1}, {"one": 2.5, "two": -0.5, "three": 1}, {"one": 0, "two": 0, "three": 0}):
        for name, weight in weights.items():
            weigh(three, name, weight)
        close(three, by_hand(three, small, {"one": 1, "two": 1, "three": 1}), batch)  # delta has the weight in it
    np.testing.assert_allclose(three.forward(batch[0]), base, rtol=1e-12)
    for name in weights:
        weigh(three, name, 1)
    close(three, by_hand(three, small, {"one": 1, "two": 1, "three": 1}), batch)


@pytest.mark.parametrize("method", METHODS)
def test_weight_2_is_twice_the_change(hung, away, small, method):
    model = away(hung(method))
    changes = [adapter.delta().copy() for *_, adapter in adapters_of(model)]
    weigh(model, "default", 2)
    before = dict(small().named_layers())
    merge(model)
    for (name, layer, *_), change in zip(adapters_of(model), changes, strict=True):
        np.testing.assert_allclose(layer.W.data - before[name].W.data, 2 * change, atol=1e-13)


@pytest.mark.parametrize("method", METHODS)
def test_gradients_of_what_is_weighed(hung, away, batch, method):
    model = away(hung(method, n_layers=1))
    weigh(model, "default", -0.7)
    report = check_model(model, *batch)
    assert report.ok, str(report)


def test_gradients_with_several_of_different_methods(three, batch):
    switch(three, "three")
    enable(three, "two")
    for name, p in three.named_parameters():
        p.trainable = name.startswith(("blocks.1.attn.q.", "blocks.0.mlp.up.")) and ".W" not in name and "0" not in name[-2:]
    report = check_model(three, *batch, zero=("blocks.*.lora.one.*",))
    assert report.ok and {"blocks.1.attn.q.lora.two.A", "blocks.1.attn.q.lokr.three.C"} <= set(report.inputs), str(report)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), "2", None, True])
def test_a_weight_that_is_none(three, state, same, weight):
    before = state(three)
    with pytest.raises(ValueError, match=f"^weight must be a finite number, got {weight!r}$"):
        weigh(three, "one", weight)
    assert same(state(three), before)


def test_weigh_is_refused_while_merged_and_for_dora(hung, small):
    model = hung("lora")
    merge(model)
    with pytest.raises(RuntimeError, match=r"^adapter 'default' is merged into .*: call unmerge\(model\) before weigh$"):
        weigh(model, "default", 2)
    with pytest.raises(ValueError, match="^dora is no change of W that could be weighed: switch it on or off$"):
        weigh(hung("dora"), "default", 2)


def test_a_numpy_weight_keeps_float32(small, batch):
    model = small(dtype="float32")
    inject(model, LoRA(r=2), "attn.q")
    weigh(model, "default", np.float64(0.5))
    assert model.forward(batch[0]).dtype == "float32"
    merge(model)
    assert {p.data.dtype.name for p in model.parameters()} == {"float32"}


def test_switch_does_not_change_what_is_trained(small, batch):
    """Training goes to what was injected last; while that is off nothing learns, and no optimiser is surprised."""
    model = small()
    for name in ("one", "two"):
        inject(model, LoRA(r=2), "attn.q", name=name)
    learns = {name for name, p in model.named_parameters() if p.trainable}
    switch(model, "one")
    assert {name for name, p in model.named_parameters() if p.trainable} == learns
    model.loss(*batch)
    model.backward()
    assert all(".two." in name for name in learns) and not any(p.grad.any() for p in model.parameters() if p.trainable)
