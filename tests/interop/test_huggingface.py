"""Folders of Hugging Face's, written here and changed by hand: what may differ, and what is refused in one line."""

import json
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from minilora import files
from minilora.adapters import LoRA, disable, enable, inject, merge
from minilora.interop import load_huggingface, save_huggingface
from minilora.interop.huggingface import INDEX, WHOLE
from minilora.nn import Transformer, TransformerConfig

IDS = np.random.default_rng(0).integers(0, 7, (2, 5))
FIELDS = {"tiny-gpt": {"d_head": 3}, "tiny-llama": {"d_model": 12, "d_head": 6}, "tiny-bert": {"d_head": 3}}
presets = pytest.mark.parametrize("preset", FIELDS)


@pytest.fixture
def saved(small, tmp_path):
    """saved(preset, **fields) -> (model, the folder it is saved in)."""

    def save(preset="tiny-gpt", **fields):
        model = small(preset, **(FIELDS[preset] | fields)).eval()
        save_huggingface(model, tmp_path)
        return model, tmp_path

    return save


def change(folder, arrays=None, settings=None):
    """Rewrite the tensors by a function {name: array} -> {name: array}, and config.json with other settings."""
    if arrays:
        files.save_arrays(folder / WHOLE, arrays(files.load_arrays(folder / WHOLE)[0]))
    if settings:
        files.save_json(folder / "config.json", files.load_json(folder / "config.json") | settings)


def same(model, folder, **kwargs):
    read = load_huggingface(folder, dtype="float64", **kwargs)
    np.testing.assert_array_equal(read.features(IDS), model.features(IDS))
    return read


def refused(folder, *words, error=ValueError, **kwargs):
    pattern = rf"\A{re.escape(str(folder))}" + "".join(f"(?=.*{word})" for word in words) + r"[^\n]*\Z"
    with pytest.raises(error, match=pattern):
        load_huggingface(folder, **kwargs)


@presets
@pytest.mark.parametrize("fused", [False, True])
def test_there_and_back(saved, preset, fused):
    """GPT-2 fuses q, k and v, the others have them apart."""
    model, folder = saved(preset, fused_qkv=fused)
    read = load_huggingface(folder, dtype="float64")
    assert read.config.fused_qkv is (preset == "tiny-gpt") and not read.training
    np.testing.assert_allclose(read.forward(IDS), model.forward(IDS), rtol=1e-12, atol=1e-12)
    assert load_huggingface(folder).dtype == "float32"
    assert sorted(os.listdir(folder)) == ["config.json", WHOLE]


@presets
def test_a_bare_model_has_no_prefix(saved, preset):
    model, folder = saved(preset, fused_qkv=preset == "tiny-gpt")
    prefix = {"tiny-gpt": "transformer.", "tiny-llama": "model.", "tiny-bert": "bert."}[preset]
    change(folder, lambda arrays: {name.removeprefix(prefix): a for name, a in arrays.items()})
    same(model, folder)
    change(folder, lambda arrays: {(prefix if i == 3 else "") + name: a for i, (name, a) in enumerate(arrays.items())})
    refused(folder, "lacks", "besides")


def test_names_of_older_encoders(saved):
    model, folder = saved("tiny-bert")

    def older(name):
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    change(folder, lambda arrays: {older(name): a for name, a in arrays.items()})
    assert "bert.embeddings.LayerNorm.gamma" in files.load_arrays(folder / WHOLE)[0]
    same(model, folder)
    change(folder, lambda arrays: arrays | {"bert.embeddings.LayerNorm.weight": arrays["bert.embeddings.LayerNorm.gamma"]})
    refused(folder, "besides", "LayerNorm")  # both, and who knows which


KNOWN = {
    "tiny-gpt": {"transformer.h.0.attn.bias": np.ones((1, 1, 5, 5), bool), "h.1.attn.masked_bias": np.float32(-1e4)},
    "tiny-llama": {"model.layers.1.self_attn.rotary_emb.inv_freq": np.ones(3)},
    "tiny-bert": {"bert.embeddings.position_ids": np.arange(5)[None], "bert.pooler.dense.weight": np.ones((6, 6)),
                  "pooler.dense.bias": np.ones(6), "cls.predictions.bias": np.ones(7), "cls.seq_relationship.bias": np.ones(2)},
}  # fmt: skip


@presets
def test_tensors_that_belong_to_no_parameter(saved, preset):
    model, folder = saved(preset, fused_qkv=preset == "tiny-gpt")
    change(folder, lambda arrays: arrays | KNOWN[preset])
    same(model, folder)
    for name in KNOWN[preset]:
        change(folder, lambda arrays, name=name: arrays | {f"x{name}": np.ones(1)})
    refused(folder, "it holds besides", *(f"x{re.escape(name)}" for name in KNOWN[preset]))


def test_the_head_of_an_encoders_pre_training_is_named_as_it_is_left_out(saved, recwarn):
    _, folder = saved("tiny-bert")
    load_huggingface(folder)
    change(folder, lambda arrays: arrays | {"bert.pooler.dense.bias": np.ones(6)})
    load_huggingface(folder)
    change(folder, lambda arrays: arrays | {"cls.predictions.bias": np.ones(7)})
    load_huggingface(folder, n_classes=3)
    assert len(recwarn) == 0
    alone = r"the head of the encoder's pre-training is left out \(cls.predictions.bias\); .* take model.features, or give n_cl"
    with pytest.warns(UserWarning, match=alone) as told:
        load_huggingface(folder)
    assert told[0].filename == __file__
    change(folder, lambda arrays: arrays | {"cls.seq_relationship.bias": np.ones(2)})
    with pytest.warns(UserWarning, match=r"\(cls.predictions.bias and 1 more\)"):
        load_huggingface(folder)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_a_tied_head_may_be_in_the_file_if_it_is_the_embedding(saved, preset):
    model, folder = saved(preset, fused_qkv=preset == "tiny-gpt")
    embedding = {"tiny-gpt": "transformer.wte.weight", "tiny-llama": "model.embed_tokens.weight"}[preset]
    change(folder, lambda arrays: arrays | {"lm_head.weight": arrays[embedding]})
    read = same(model, folder)
    assert read.head.W is read.embed.W
    for another in (lambda a: a + np.eye(*a.shape), lambda a: a[:, :1], lambda a: a[0], lambda a: a.T):
        change(folder, lambda arrays, another=another: arrays | {"lm_head.weight": another(arrays[embedding])})
        refused(folder, "ties the head", "lm_head.weight is another matrix")
        load_huggingface(folder, n_classes=3)  # which reads no such head


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_an_untied_head_must_be_there(saved, preset):
    model, folder = saved(preset, tied=False, fused_qkv=preset == "tiny-gpt")
    read = same(model, folder)
    np.testing.assert_array_equal(read.head.W.data, model.head.W.data)
    assert read.head.W is not read.embed.W
    change(folder, lambda arrays: {name: a for name, a in arrays.items() if name != "lm_head.weight"})
    mend = r"save it as (GPT2LMHeadModel|LlamaForCausalLM), or give n_classes for a new head"
    refused(folder, "holds a bare model without a head: it lacks lm_head.weight, and config.json does not tie", mend)
    same(model, folder, n_classes=3)
    change(folder, settings={"tie_word_embeddings": True})
    same(model, folder)


@presets
@pytest.mark.parametrize("pool", ["mean", "last", "cls"])
def test_a_classifier(saved, preset, pool):
    model, folder = saved(preset, fused_qkv=preset == "tiny-gpt")
    read = same(model, folder, n_classes=3, pool=pool)
    assert read.forward(IDS).shape == (2, 3) and (read.config.pool, read.config.n_classes) == (pool, 3)
    assert read.loss(IDS, np.array([0, 2])) > 0
    read.backward()
    assert all(p.grad.any() for p in (read.embed.W, read.head.W))


def test_arguments_that_cannot_be(saved):
    _, folder = saved()
    refused(folder, "n_classes must be at least 1, got 0", n_classes=0)
    refused(folder, "n_classes must be an integer, got '3'", n_classes="3")
    refused(folder, "pool must be one of last, cls, mean, got 'max'", n_classes=3, pool="max")
    with pytest.raises(ValueError, match="dtype must be 'float32' or 'float64', got 'float16'"):
        load_huggingface(folder, dtype="float16")


def shard(folder, n=3):
    """The same tensors in n files with an index."""
    arrays, _ = files.load_arrays(folder / WHOLE)
    names = [f"model-{i + 1:05}-of-{n:05}.safetensors" for i in range(n)]
    place = {tensor: names[i % n] for i, tensor in enumerate(arrays)}
    for name in names:
        files.save_arrays(folder / name, {tensor: arrays[tensor] for tensor in arrays if place[tensor] == name})
    files.save_json(folder / INDEX, {"metadata": {"total_size": 1}, "weight_map": place})
    (folder / WHOLE).unlink()
    return place


@presets
def test_several_files_with_an_index(saved, preset):
    model, folder = saved(preset, fused_qkv=preset == "tiny-gpt")
    shard(folder)
    same(model, folder)
    save_huggingface(model, folder)  # one file again, which goes before an index that is left over
    files.save_json(folder / INDEX, {"weight_map": {}})
    same(model, folder)


def test_an_index_that_is_wrong(saved):
    _, folder = saved()
    place = shard(folder)
    tensor, name = next(iter(place.items()))
    other = next(value for value in place.values() if value != name)

    def refused_index(index, *words):
        files.save_json(folder / INDEX, index)
        refused(folder, *words, error=files.FileError)

    for index in ([], 3, {}, {"weight_map": []}, {"weight_map": {tensor: 3}}, {"weight_map": {tensor: "../x"}},
                  {"weight_map": {tensor: str(folder / name)}}, {"weight_map": {tensor: ""}}):  # fmt: skip
        refused_index(index, "index.json: has no weight_map of tensors to files")
    refused_index({"weight_map": place | {tensor: "none.safetensors"}}, "none.safetensors: cannot be read", "No such file")
    refused_index({"weight_map": place | {tensor: other}}, f"{other}: lacks '.*', which the index places there")
    rest = {key: value for key, value in place.items() if key != tensor}
    refused_index({"weight_map": rest}, f"{name}: holds '.*', which the index does not place there")
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])
    refused_index({"weight_map": place}, f"{name}: not a whole safetensors file")


SETTINGS = [
    (b"", "config.json: not a whole JSON document"),
    (b"[]", "config.json must hold an object, got list"),
    (b"[" * 100_000, "JSON"),
    (b"{}", "sets model_type=None, which minilora does not have; it has gpt2 .*llama .*bert .*"),
    (b'{"model_type": "mamba"}', "sets model_type='mamba', .*; it has gpt2 .*LlamaForCausalLM.*BertModel"),
    (b'{"model_type": ["gpt2"]}', r"sets model_type=\['gpt2'\], which"),
    (b'{"model_type": {"a": 1}}', "model_type="),
    (b'{"model_type": "gpt2", "architectures": "GPT2Model"}', "architectures='GPT2Model'; it must be a list"),
    (b'{"model_type": "gpt2", "architectures": 3}', "architectures=3"),
    (b'{"model_type": "gpt2", "architectures": [3]}', "names 3, which minilora does not have"),
    (b'{"model_type": "gpt2", "architectures": [["a"]]}', "names "),
    (b'{"model_type": "bert", "architectures": ["BertForNextSentencePrediction"]}', "names 'BertForNextS.*Prediction', which"),
    (b'{"model_type": "gpt2", "n_embd": "768"}', "sets n_embd='768'; it must be a whole number"),
    (b'{"model_type": "gpt2", "n_layer": 30000}', "say 30000 layers, and it holds 2. tensors"),
    (b'{"model_type": "gpt2", "vocab_size": 999999999999}', r"wte.weight \(7, 6\) instead of \(999999999999, 768\)"),
]


@pytest.mark.parametrize(("content", "message"), SETTINGS)
def test_settings_that_are_none(saved, content, message):
    _, folder = saved()
    settings = content
    if b"vocab_size" in content:  # all the rest fits
        settings = json.dumps(
            files.load_json(folder / "config.json") | json.loads(content) | {"n_embd": 768, "n_head": 2}
        ).encode()
    (folder / "config.json").write_bytes(settings)
    refused(folder, message)


def test_folders_that_hold_no_model(tmp_path, saved):
    refused(tmp_path / "none", "config.json: cannot be read", "No such file", error=files.FileError)
    _, folder = saved()
    (folder / WHOLE).rename(folder / "pytorch_model.bin")
    refused(folder, "holds no model.safetensors", "no pickle", error=files.FileError)


def test_a_folder_of_another_size(saved):
    _, folder = saved()
    change(folder, settings={"n_inner": 10})
    refused(folder, r"of another shape is transformer.h.0.mlp.c_fc.weight \(6, 9\) instead of \(6, 10\)", "and 1 more")


def test_an_adapter_at_work_is_refused_a_disabled_one_left_out_a_merged_one_kept(small, tmp_path):
    model = small("tiny-llama", **FIELDS["tiny-llama"]).eval()
    before = model.features(IDS)
    inject(model, LoRA(r=2), "attn.q")
    for p in model.parameters():
        if p.trainable:
            p.data = p.data + 0.5
    adapted = model.features(IDS)
    with pytest.raises(RuntimeError, match="adapter 'default' hangs in blocks.0.attn.q: merge"):
        save_huggingface(model, tmp_path)
    assert os.listdir(tmp_path) == []
    disable(model)
    save_huggingface(model, tmp_path)
    np.testing.assert_array_equal(load_huggingface(tmp_path, dtype="float64").features(IDS), before)
    enable(model, "default")
    merge(model)
    save_huggingface(model, tmp_path)
    np.testing.assert_allclose(load_huggingface(tmp_path, dtype="float64").features(IDS), adapted, rtol=1e-10, atol=1e-10)
    assert np.abs(adapted - before).max() > 0.1


def test_models_that_have_no_counterpart(small, tmp_path):
    models = {
        "classifier": small(n_classes=3),
        "d_head": small(),
        "tied": small("tiny-bert", tied=False, d_head=3),
        "rope_interleaved": small("tiny-llama", rope_interleaved=True, d_model=12),
    }
    for word, model in models.items():
        with pytest.raises(ValueError, match=rf"\A[^\n]*{word}[^\n]*\Z"):
            save_huggingface(model, tmp_path)
    assert os.listdir(tmp_path) == []
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(files.FileError, match="cannot be written"):
        save_huggingface(small(d_head=3), tmp_path / "file")


def test_what_is_written(saved):
    _, folder = saved(dropout=0.25)
    settings = files.load_json(folder / "config.json")
    assert (
        settings["model_type"] == "gpt2" and settings["architectures"] == ["GPT2LMHeadModel"] and settings["dtype"] == "float64"
    )
    assert settings["resid_pdrop"] == 0.25 and settings["eos_token_id"] is None
    arrays, metadata = files.load_arrays(folder / WHOLE)
    assert metadata == {"format": "pt"} and arrays["transformer.h.0.attn.c_attn.weight"].shape == (6, 18)
    assert load_huggingface(folder).config.dropout == 0.0


def test_a_file_is_never_in_memory_as_a_whole(tmp_path):
    config = TransformerConfig.preset(
        "tiny-gpt", vocab_size=64, block_size=8, n_layers=16, n_heads=2, d_model=192, fused_qkv=True
    )
    model = Transformer(config)
    largest = 4 * 192 * 768
    tracemalloc.start()
    save_huggingface(model, tmp_path)
    written = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    tracemalloc.start()
    read = load_huggingface(tmp_path)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert os.path.getsize(tmp_path / WHOLE) > 40 * largest
    assert written < 4 * largest
    assert peak < kept + 4 * largest and kept > 2 * sum(p.data.nbytes for p in read.parameters())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux, whose address space can be bounded")
def test_a_thousand_damaged_folders(small, tmp_path):
    for preset in FIELDS:
        for dtype in ("float64", "float32"):
            model = small(preset, dtype=dtype, **FIELDS[preset])
            save_huggingface(model, tmp_path / f"{preset} {dtype}")
    shard(tmp_path / "tiny-llama float64", 2)
    script = Path(__file__).parent / "fuzz_huggingface.py"
    command = [sys.executable, "-W", "error", str(script), str(tmp_path), "1800"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    counts = json.loads(done.stdout)
    assert counts["arrays"] > 1000 and counts["json"] > 500
    assert counts["models"] > 60 and counts["refused"] > 1000 and counts["kinds"] > 15
