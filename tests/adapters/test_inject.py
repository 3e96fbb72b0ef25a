"""Where adapters go: targets, names, several on one base, on and off, out again."""

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, disable, enable, inject, match, merge, remove

Q = ["blocks.0.attn.q", "blocks.1.attn.q"]
TARGETS = {
    "attn.q": Q,
    "q": Q,
    "blocks.1.attn.v": ["blocks.1.attn.v"],
    "head": ["head"],
    "blocks.*.mlp.*": ["blocks.0.mlp.up", "blocks.0.mlp.down", "blocks.1.mlp.up", "blocks.1.mlp.down"],
    "mlp.*": ["blocks.0.mlp.up", "blocks.0.mlp.down", "blocks.1.mlp.up", "blocks.1.mlp.down"],
    "attn.[qv]": ["blocks.0.attn.q", "blocks.0.attn.v", "blocks.1.attn.q", "blocks.1.attn.v"],
    "1.attn.o": ["blocks.1.attn.o"],
    "*.up": ["blocks.0.mlp.up", "blocks.1.mlp.up"],
    ("attn.v", "attn.q"): ["blocks.0.attn.q", "blocks.0.attn.v", "blocks.1.attn.q", "blocks.1.attn.v"],
    ("attn.q", "blocks.0.mlp.*"): ["blocks.0.attn.q", "blocks.0.mlp.up", "blocks.0.mlp.down", "blocks.1.attn.q"],
}


@pytest.mark.parametrize("targets", TARGETS, ids=str)
def test_targets_match_whole_dotted_ends(small, targets):
    model = small()
    assert inject(model, LoRA(r=2), targets) == TARGETS[targets]
    assert [name for name, *_ in adapters_of(model)] == TARGETS[targets]


NOTHING = ["attn", "attn.", "ttn.q", "Q", "blocks.2.attn.q", "embe*", "norm1", "blocks.0", "attn.q.W", "", "p", "mlp.gate"]


@pytest.mark.parametrize("target", NOTHING)
def test_a_target_that_matches_nothing_names_what_there_is(small, state, same, target):
    model = small()
    before = state(model)
    with pytest.raises(ValueError) as error:
        inject(model, LoRA(r=2), ("attn.q", target))
    message = str(error.value)
    assert message.startswith(f"target {target!r} matches no linear layer; there are ") and "\n" not in message
    assert all(name in message for name in ("attn.q", "attn.k", "attn.v", "attn.o", "mlp.up", "mlp.down", "head"))
    assert same(state(model), before)


@pytest.mark.parametrize("targets", [(), []])
def test_no_target_at_all(small, targets):
    with pytest.raises(ValueError, match="matches no linear layer"):
        inject(small(), LoRA(r=2), targets)


def test_all_linear_layers_of_all_blocks_by_default(small):
    names = inject(small(), LoRA(r=2))
    assert len(names) == 12 and "head" not in names
    assert list(match(small("tiny-gpt", fused_qkv=True), "attn.qkv")) == ["blocks.0.attn.qkv", "blocks.1.attn.qkv"]


def test_parameter_names(small):
    model = small()
    base = [name for name, _ in model.named_parameters()]
    inject(model, LoRA(r=2), "blocks.0.attn.q", name="code")
    names = [name for name, _ in model.named_parameters()]
    assert set(names) - set(base) == {"blocks.0.attn.q.lora.code.A", "blocks.0.attn.q.lora.code.B"}
    assert [name for name in names if name in base] == base, "no name of the base has changed"
    assert all(p.name == name for name, p in model.named_parameters())


def test_several_by_name_add_up_and_are_switched_apart(small, batch, move):
    ids = batch[0]
    model = small()
    base = model.forward(ids)
    inject(model, LoRA(r=2, alpha=3), "attn.q", name="one", rng=1)
    inject(model, LoRA(r=3, alpha=7), ("attn.q", "mlp.up"), name="two", rng=2)
    move(model)

    def alone(*names):
        twin = small()
        layers = dict(twin.named_layers())
        for layer, _, name, adapter in adapters_of(model):
            if name in names:
                layers[layer].W.data += adapter.delta()
        return twin.forward(ids)

    np.testing.assert_allclose(model.forward(ids), alone("one", "two"), rtol=1e-10)
    disable(model, "one")
    np.testing.assert_allclose(model.forward(ids), alone("two"), rtol=1e-10)
    disable(model)
    assert np.array_equal(model.forward(ids), base)
    enable(model, "one")
    np.testing.assert_allclose(model.forward(ids), alone("one"), rtol=1e-10)
    enable(model)
    np.testing.assert_allclose(model.forward(ids), alone("one", "two"), rtol=1e-10)
    assert np.abs(alone("one") - alone("two")).min() > 0


def test_only_the_newest_learns_but_all_pass_the_gradient_on(small, batch, move):
    model = small()
    inject(model, LoRA(r=2), "attn.q", name="old")
    move(model)
    inject(model, LoRA(r=2), "attn.q", name="new")
    model.loss(*batch)
    model.backward()
    for _, _, name, adapter in adapters_of(model):
        assert (adapter.B.grad is None) == (name == "old")
    twin = small()  # the old adapter inside the weights: the new one must see the same gradients
    layers = dict(twin.named_layers())
    for layer, _, name, adapter in adapters_of(model):
        if name == "old":
            layers[layer].W.data += adapter.delta()
    inject(twin, LoRA(r=2), "attn.q", name="new")
    twin.loss(*batch)
    twin.backward()
    for (*_, a), (*_, b) in zip(adapters_of(model, "new"), adapters_of(twin, "new"), strict=True):
        np.testing.assert_allclose(a.B.grad, b.B.grad, rtol=1e-9, atol=1e-13)


def test_a_disabled_adapter_gets_no_gradient(small, batch):
    model = small()
    inject(model, LoRA(r=2), "attn.q")
    disable(model)
    model.loss(*batch)
    model.backward()
    assert not any(adapter.B.grad.any() for *_, adapter in adapters_of(model))


def test_a_name_already_taken_is_refused_with_nothing_changed(small, state, same):
    """In any layer: the two halves would have two specs, and one file has one."""
    model = small()
    inject(model, LoRA(r=2), "attn.q")
    before = state(model)
    for targets in ("attn.q", "attn.v", ("attn.v", "attn.q")):
        with pytest.raises(ValueError, match="^blocks.0.attn.q has an adapter named 'default' already: take another name, or "):
            inject(model, LoRA(r=3), targets)
        assert same(state(model), before)


def test_modes_are_those_of_the_layer(small):
    model = small().eval()
    inject(model, LoRA(r=2), "attn.q")
    assert not any(adapter.training for *_, adapter in adapters_of(model))
    model.train()
    assert all(adapter.training for *_, adapter in adapters_of(model))


def test_a_tied_head_can_be_adapted_and_stays_tied(small, batch):
    model = small()
    inject(model, LoRA(r=2), "head")
    assert model.head.W is model.embed.W
    model.loss(*batch)
    model.backward()
    assert model.head.adapters["default"].B.grad.any()
    assert [name for name, _ in model.named_parameters() if name.startswith(("head", "embed"))] == [
        "embed.W",
        "head.lora.default.A",
        "head.lora.default.B",
    ]


def test_fused_qkv_can_be_adapted(small, batch, descend):
    model = small(fused_qkv=True)
    inject(model, LoRA(r=3), "attn.qkv")
    before = model.loss(*batch)
    descend(model, batch, steps=10)
    assert model.loss(*batch) < before


def test_names_that_are_not_there(small):
    model = small()
    inject(model, LoRA(r=2), "attn.q", name="code")
    for act in (enable, disable, remove, merge):
        with pytest.raises(ValueError, match=r"^the model has no adapter named 'prose'; it has 'code'$"):
            act(model, "prose")
    with pytest.raises(ValueError, match=r"^the model has no adapter named 'prose'; it has none$"):
        remove(small(), "prose")


REFUSED = {
    "^adapter name must be a string that is not empty and has no '.' or '/', got ''$": {"name": ""},
    "^adapter name must be .* got 'a.b'$": {"name": "a.b"},
    "^adapter name must be .* got 'a/b'$": {"name": "a/b"},
    "^adapter name must be .* got 3$": {"name": 3},
    r"^spec must be an adapter's settings, such as LoRA\(r=8, alpha=16\), got 'lora'$": {"spec": "lora"},
    r"^spec must be an adapter's settings, such as LoRA\(r=8, alpha=16\), got <class ": {"spec": LoRA},
    "^LoRA does not start from data: leave batch out, or None$": {"batch": [[1, 2]]},
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_injected_is_refused_with_nothing_changed(small, state, same, message):
    model = small()
    before = state(model)
    with pytest.raises(ValueError, match=message):
        inject(model, **({"spec": LoRA(r=2), "targets": "attn.q"} | REFUSED[message]))
    assert same(state(model), before)


def test_a_batch_of_none_is_none(small):
    assert inject(small(), LoRA(r=2), targets="attn.q", rng=0, name="default", batch=None) == Q
