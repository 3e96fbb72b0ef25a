"""Adapters as files: there and back, and every way in which a folder or a model may be the wrong one."""

import json
import warnings
from dataclasses import asdict

import numpy as np
import pytest

from minilora import files
from minilora.adapters import LoRA, adapters_of, disable, inject, load_adapter, merge, save_adapter

SPEC = LoRA(r=2, alpha=3, dropout=0.1)


@pytest.fixture
def saved(small, move, tmp_path):
    """(a model with adapters that have moved, the folder it is saved in)."""
    model = small()
    inject(model, SPEC, ("attn.q", "mlp.up"))
    move(model)
    save_adapter(model, tmp_path / "a")
    return model, tmp_path / "a"


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def trained(model):
    return {name: p.data.copy() for name, p in model.named_parameters() if p.trainable}


@pytest.mark.parametrize("name", ["default", "other"])
def test_there_and_back(saved, small, batch, name):
    model, folder = saved
    fresh = small()
    layers = load_adapter(fresh, folder, name=name)
    assert layers == [layer for layer, *_ in adapters_of(model)] == [layer for layer, *_ in adapters_of(fresh, name)]
    assert np.array_equal(fresh.eval().forward(batch[0]), model.eval().forward(batch[0]))
    assert {adapter.spec for *_, adapter in adapters_of(fresh)} == {SPEC}
    assert {key.replace(f".{name}.", ".default."): None for key in trained(fresh)} == dict.fromkeys(trained(model))
    disable(fresh)
    assert np.array_equal(fresh.forward(batch[0]), small().forward(batch[0]))


def test_training_goes_on_where_it_was(saved, small, batch, descend):
    model, folder = saved
    fresh = small()
    load_adapter(fresh, folder)
    for m in (model.eval(), fresh.eval()):
        descend(m, batch, steps=2)
    assert np.array_equal(model.forward(batch[0]), fresh.forward(batch[0]))


@pytest.mark.parametrize("bias", ["none", "lora_only", "all"])
def test_trained_biases_travel_along(small, batch, descend, tmp_path, bias):
    model = small()
    inject(model, LoRA(r=2, bias=bias), "attn.q")
    descend(model, batch)
    save_adapter(model, tmp_path)
    fresh = small()
    load_adapter(fresh, tmp_path)
    assert trained(fresh).keys() == trained(model).keys()
    assert np.array_equal(fresh.forward(batch[0]), model.forward(batch[0]))


def test_biases_belong_to_the_adapter_that_trained_them(small, batch, descend, tmp_path):
    """Whichever adapter came last, and whatever is frozen now."""
    model = small()
    inject(model, LoRA(r=2, bias="none"), "attn.q", name="plain")
    descend(model, batch)
    inject(model, LoRA(r=2, bias="lora_only"), "mlp.up", name="biased")
    descend(model, batch)
    save_adapter(model, tmp_path / "plain", "plain")
    inject(model, LoRA(r=2), "attn.v", name="last")
    save_adapter(model, tmp_path / "biased", "biased")
    arrays = {name: files.load_arrays(tmp_path / name / "adapter.safetensors")[0] for name in ("plain", "biased")}
    assert not any(key.endswith(".b") for key in arrays["plain"])
    assert {key for key in arrays["biased"] if key.endswith(".b")} == {"blocks.0.mlp.up.b", "blocks.1.mlp.up.b"}
    fresh = small()
    load_adapter(fresh, tmp_path / "plain", "plain")
    load_adapter(fresh, tmp_path / "biased", "biased")
    assert np.array_equal(fresh.forward(batch[0]), model.forward(batch[0]))


def test_one_of_several(small, move, tmp_path, batch):
    model = small()
    inject(model, LoRA(r=2), "attn.q", name="one", rng=1)
    inject(model, LoRA(r=3), ("attn.q", "attn.v"), name="two", rng=2)
    move(model)
    for name in ("one", "two"):
        save_adapter(model, tmp_path / name, name)
    fresh = small()
    load_adapter(fresh, tmp_path / "two", "two")
    load_adapter(fresh, tmp_path / "one", "one")
    np.testing.assert_allclose(fresh.forward(batch[0]), model.forward(batch[0]), rtol=1e-12)
    with pytest.raises(ValueError, match="^the model has no adapter named 'three'; it has 'one', 'two'$"):
        save_adapter(model, tmp_path / "three", "three")
    assert not (tmp_path / "three").exists()


def test_saving_while_merged_saves_the_same(saved, tmp_path):
    model, folder = saved
    merge(model)
    save_adapter(model, tmp_path / "merged")
    for file in ("adapter.json", "adapter.safetensors"):
        assert (tmp_path / "merged" / file).read_bytes() == (folder / file).read_bytes()


def test_the_base_of_a_merged_tied_head_is_the_tied_one(small, move, tmp_path):
    model = small()
    inject(model, SPEC, ("head", "attn.q"))
    move(model)
    merge(model)
    save_adapter(model, tmp_path)
    load_adapter(small(), tmp_path)


def test_loading_beside_a_merged_adapter_knows_the_base(saved, small):
    _, folder = saved
    model = small()
    inject(model, LoRA(r=2), "attn.q", name="merged")
    for *_, adapter in adapters_of(model):
        adapter.B.data = np.ones_like(adapter.B.data)
    merge(model)
    load_adapter(model, folder)


def test_another_base_is_warned_of(saved, small, batch):
    _, folder = saved
    other = small()
    other.blocks[0].attn.q.W.data += 1
    with pytest.warns(UserWarning, match="the adapter was trained on another model: blocks.0.attn.q.W is not the same here$"):
        load_adapter(other, folder)


@pytest.mark.parametrize("name", ["embed.W", "blocks.0.attn.v.W", "blocks.1.norm2.gamma", "blocks.0.attn.q.b"])
def test_another_base_is_warned_of_wherever_it_differs(saved, small, name):
    other = small()
    dict(other.named_parameters())[name].data += 1
    with pytest.warns(UserWarning, match=f": {name} is not the same here$"):
        load_adapter(other, saved[1])


def test_a_bias_that_the_adapter_trains_is_no_part_of_its_base(small, batch, descend, tmp_path):
    model = small()
    inject(model, LoRA(r=2, bias="lora_only"), "attn.q")
    descend(model, batch)
    save_adapter(model, tmp_path)
    load_adapter(small(rng=0), tmp_path)
    other = small()
    other.blocks[0].mlp.up.b.data += 1
    with pytest.warns(UserWarning, match="blocks.0.mlp.up.b is not the same here"):
        load_adapter(other, tmp_path)


def test_a_float32_model(small, move, tmp_path, batch):
    model = small(dtype="float32")
    inject(model, SPEC, "attn.q")
    move(model)
    save_adapter(model, tmp_path)
    fresh = small(dtype="float32")
    load_adapter(fresh, tmp_path)
    assert np.array_equal(fresh.eval().forward(batch[0]), model.eval().forward(batch[0]))
    assert {p.data.dtype.name for p in fresh.parameters()} == {"float32"}


WRONG_MODELS = {
    r"adapts blocks\.1\.attn\.q, which this model does not have$": {"n_layers": 1},
    r"blocks\.0\.attn\.q\.A has shape \(2, 6\), this model needs \(2, 8\)$": {"d_model": 8},
    r"blocks\.0\.mlp\.up\.B has shape \(9, 2\), this model needs \(5, 2\)$": {"d_mlp": 5},
    r"adapts blocks\.0\.attn\.q, which this model does not have$": {"fused_qkv": True},
}


@pytest.mark.parametrize("message", WRONG_MODELS)
def test_the_wrong_model_is_refused_by_name_with_nothing_changed(saved, small, state, same, message):
    _, folder = saved
    model = small(**WRONG_MODELS[message])
    before = state(model)
    with pytest.raises(ValueError, match=message) as error:
        load_adapter(model, folder)
    assert str(folder) in str(error.value) and "\n" not in str(error.value)
    assert same(state(model), before)


def test_biases_that_the_model_has_no_place_for(small, tmp_path, state, same):
    model = small()
    inject(model, LoRA(r=2, bias="all"), "attn.q")
    save_adapter(model, tmp_path)
    other = small(mlp_bias=False)
    before = state(other)
    with pytest.raises(ValueError, match=r"holds blocks\.0\.mlp\.down\.b, which this model has no place for$"):
        load_adapter(other, tmp_path)
    assert same(state(other), before)


def test_a_name_already_taken_is_refused_with_nothing_changed(saved, state, same):
    model, folder = saved
    before = state(model)
    with pytest.raises(ValueError, match="has an adapter named 'default' already"):
        load_adapter(model, folder)
    assert same(state(model), before)


def refused(small, state, same, folder, match):
    model = small()
    before = state(model)
    with pytest.raises(files.FileError, match=match) as error:
        load_adapter(model, folder)
    assert "\n" not in str(error.value) and str(folder) in str(error.value)
    assert same(state(model), before)


def test_nothing_there(small, state, same, tmp_path):
    refused(small, state, same, tmp_path / "nowhere", "cannot be read")


@pytest.mark.parametrize("file", ["adapter.json", "adapter.safetensors"])
@pytest.mark.parametrize("kept", [0, 1, 40, -1])
def test_truncated_files(saved, small, state, same, file, kept):
    _, folder = saved
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[:kept] if kept != -1 else content.rstrip()[:-1])
    refused(small, state, same, folder, "not a whole")


def test_a_missing_half(saved, small, state, same):
    _, folder = saved
    (folder / "adapter.safetensors").unlink()
    refused(small, state, same, folder, "cannot be read")


def test_two_halves_of_different_adapters(saved, small, move, state, same, tmp_path):
    _, folder = saved
    other = small()
    inject(other, SPEC, ("attn.q", "mlp.up"), rng=9)
    move(other)
    save_adapter(other, tmp_path / "b")
    (folder / "adapter.safetensors").write_bytes((tmp_path / "b" / "adapter.safetensors").read_bytes())
    refused(small, state, same, folder, "adapter.safetensors is not the one that adapter.json was written for")


def test_values_under_each_others_names(saved, small, state, same):
    """The same bytes in the same order, but named otherwise."""
    _, folder = saved
    arrays, _ = files.load_arrays(folder / "adapter.safetensors")
    arrays = {key.replace("blocks.1.attn", "blocks.1.btn"): a for key, a in arrays.items()}
    files.save_arrays(folder / "adapter.safetensors", arrays)
    refused(small, state, same, folder, "adapter.safetensors is not the one that adapter.json was written for")


def test_foreign_documents(saved, small, state, same):
    _, folder = saved
    for document in ({"peft_type": "LORA", "r": 8}, [], "text", 3, None, {"format": "minilora adapter 99"}):
        files.save_json(folder / "adapter.json", document)
        refused(small, state, same, folder, "describes no minilora adapter 1")


CHANGES = {
    "method": ["nonesuch", None, 3, []],
    "spec": [None, [], {"rank": 2}, {"r": 0}, {"r": "2"}, 4],
    "layers": [None, 3, [], [1], "blocks.0.attn.q", {}],
    "arrays": [None, 3, ""],
    "base": [None, 3, "", []],
}


@pytest.mark.parametrize("key", CHANGES)
def test_a_description_of_the_right_format_that_makes_no_sense(saved, small, state, same, key):
    _, folder = saved
    description = files.load_json(folder / "adapter.json")
    for value in CHANGES[key]:
        files.save_json(folder / "adapter.json", description | {key: value})
        refused(small, state, same, folder, "adapter")
    files.save_json(folder / "adapter.json", {k: v for k, v in description.items() if k != key})
    refused(small, state, same, folder, "adapter")


def test_what_is_written(saved):
    _, folder = saved
    assert {path.name for path in folder.iterdir()} == {"adapter.json", "adapter.safetensors"}
    description = json.loads((folder / "adapter.json").read_text("utf-8"))
    assert description["method"] == "lora" and description["spec"] == asdict(SPEC)
    assert description["layers"] == ["blocks.0.attn.q", "blocks.0.mlp.up", "blocks.1.attn.q", "blocks.1.mlp.up"]
    arrays, _ = files.load_arrays(folder / "adapter.safetensors")
    assert set(arrays) == {f"{layer}.{leaf}" for layer in description["layers"] for leaf in "AB"}


def test_a_folder_that_cannot_be_written(saved, tmp_path):
    model, _ = saved
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(files.FileError, match="cannot be written"):
        save_adapter(model, tmp_path / "file")


@pytest.mark.parametrize("name", ["a.b", "", "x/y", 3])
def test_a_name_that_is_none(saved, small, name):
    fresh = small()
    with pytest.raises(ValueError, match="^adapter name must be a string that is not empty and has no '.' or '/', got "):
        load_adapter(fresh, saved[1], name=name)
    assert not adapters_of(fresh) and all(p.trainable for p in fresh.parameters())
