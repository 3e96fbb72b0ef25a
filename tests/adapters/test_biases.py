"""The biases that train along: the layers' own, told apart from adapters' arrays, and one adapter's at a time."""

import numpy as np
import pytest

from minilora.adapters import LoRA, VeRA, inject, load_adapter, remove, save_adapter


def biases_of(model):
    return {name for name, _ in model.named_parameters() if name.endswith(".b") and ".vera." not in name}


def learns(model):
    return {name for name, p in model.named_parameters() if p.trainable}


@pytest.mark.parametrize("bias", ["lora_only", "all"])
def test_veras_b_and_the_layers_bias_are_two(small, away, batch, tmp_path, bias):
    model = small()
    inject(model, VeRA(r=3, bias=bias), "attn.q")
    away(model)
    wanted = {"blocks.0.attn.q.b", "blocks.1.attn.q.b"} if bias == "lora_only" else biases_of(model)
    assert learns(model) - wanted == {f"blocks.{i}.attn.q.vera.default.{leaf}" for i in (0, 1) for leaf in "db"}
    for name, p in model.named_parameters():
        if name in wanted:
            p.data = p.data + 7
    save_adapter(model, tmp_path)
    fresh = small()
    load_adapter(fresh, tmp_path)
    assert np.array_equal(fresh.eval().forward(batch[0]), model.eval().forward(batch[0]))


def test_all_biases_are_none_of_another_adapters_arrays(small, tmp_path):
    model = small()
    inject(model, VeRA(r=3), "attn.q", name="v")
    inject(model, LoRA(r=2, bias="all"), "attn.v")
    assert not [name for name in learns(model) if "vera" in name]
    save_adapter(model, tmp_path)
    load_adapter(small(), tmp_path)


@pytest.mark.parametrize(("one", "two"), [("all", "all"), ("lora_only", "all"), ("all", "lora_only"), ("lora_only", "lora_only")])
def test_biases_that_are_anothers_are_refused(small, state, same, tmp_path, one, two):
    other = small()
    inject(other, LoRA(r=2, bias=two), "attn.q")
    save_adapter(other, tmp_path)
    model = small()
    inject(model, LoRA(r=2, bias=one), ("attn.q", "attn.v"), name="one")
    before = state(model)
    taken = "^blocks.0.attn.q.b is trained along with adapter 'one', which it would change"
    message = rf"{taken}: take bias='none', or remove\(model, 'one'\) first$"
    with pytest.raises(ValueError, match=message):
        inject(model, LoRA(r=2, bias=two), "attn.q", name="two")
    with pytest.raises(ValueError, match=message):
        load_adapter(model, tmp_path, name="two")
    assert same(state(model), before)
    remove(model, "one")
    load_adapter(model, tmp_path, name="two")


def test_biases_of_other_layers_are_not_refused(small):
    model = small()
    inject(model, LoRA(r=2, bias="lora_only"), "attn.q", name="one")
    inject(model, LoRA(r=2, bias="lora_only"), "attn.v", name="two")
    assert {name for name in learns(model) if "lora" not in name} == {"blocks.0.attn.v.b", "blocks.1.attn.v.b"}
