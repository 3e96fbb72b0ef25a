"""Adapters as PEFT folders: what stands in them. That PEFT reads them the same is for tests/oracle/test_peft_folders.py."""

import json
from dataclasses import replace

import numpy as np
import pytest

from minilora import files
from minilora.adapters import METHODS, LoRA, adapters_of, find_method, inject, load_adapter, merge, save_adapter, unmerge, weigh
from minilora.adapters.dora import DoRA
from minilora.interop import load_peft, save_peft
from minilora.nn import Transformer, TransformerConfig

GPT2 = TransformerConfig(vocab_size=11, block_size=7, n_layers=2, n_heads=2, d_model=6, d_mlp=10, fused_qkv=True)
APART = replace(GPT2, fused_qkv=False)
LLAMA = TransformerConfig.preset("tiny-llama", vocab_size=13, block_size=7, n_layers=2, n_heads=4, n_kv_heads=2, d_model=8,
                                 d_head=6, d_mlp=14, tied=False)  # fmt: skip
BERT = TransformerConfig.preset("tiny-bert", vocab_size=9, block_size=5, n_layers=1, n_heads=2, d_model=6, d_mlp=10)
IDS = np.array([[3, 1, 4, 1, 5], [2, 7, 1, 8, 2]])


@pytest.fixture
def adapted():
    """adapted(config, spec, targets, dtype) -> a model in evaluation mode, whose adapters have moved."""

    def make(config, spec, targets, dtype="float32"):
        model = Transformer(config, rng=0, dtype=dtype).eval()
        inject(model, spec, targets, rng=1)
        rng = np.random.default_rng(2)
        for *_, adapter in adapters_of(model):
            for p in adapter.parameters():
                if p.trainable:
                    p.data = p.data + 0.5 * rng.standard_normal(p.data.shape).astype(dtype)
        return model

    return make


def settings(folder):
    return json.loads((folder / "adapter_config.json").read_text())


def arrays(folder):
    return files.load_arrays(folder / "adapter_model.safetensors")[0]


def test_the_settings_are_those_that_peft_writes(adapted, tmp_path):
    save_peft(adapted(GPT2, LoRA(3, 7, 0.25), ("attn.qkv",)), tmp_path, base="gpt2")
    text = (tmp_path / "adapter_config.json").read_text()
    assert json.loads(text) == {
        "alpha_pattern": {}, "base_model_name_or_path": "gpt2", "bias": "none", "fan_in_fan_out": True, "inference_mode": True,
        "init_lora_weights": True, "lora_alpha": 7, "lora_dropout": 0.25, "modules_to_save": None, "peft_type": "LORA", "r": 3,
        "rank_pattern": {}, "target_modules": ["attn.c_attn"], "task_type": "CAUSAL_LM", "use_dora": False, "use_rslora": False,
    }  # fmt: skip
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    assert files.load_arrays(tmp_path / "adapter_model.safetensors")[1] == {"format": "pt"}


def test_names_and_shapes_of_a_gpt2(adapted, tmp_path):
    save_peft(adapted(GPT2, LoRA(3), ("blocks.*", "embed", "position", "head")), tmp_path)
    block = {"attn.c_attn": (6, 18), "attn.c_proj": (6, 6), "mlp.c_fc": (6, 10), "mlp.c_proj": (10, 6)}
    expected = {"base_model.model.lm_head.lora_A.weight": (3, 6), "base_model.model.lm_head.lora_B.weight": (11, 3)}
    for table, size in (("wte", 11), ("wpe", 7)):
        expected[f"base_model.model.transformer.{table}.lora_embedding_A"] = (3, size)
        expected[f"base_model.model.transformer.{table}.lora_embedding_B"] = (6, 3)
    for i in range(2):
        for module, (n_in, n_out) in block.items():
            expected[f"base_model.model.transformer.h.{i}.{module}.lora_A.weight"] = (3, n_in)
            expected[f"base_model.model.transformer.h.{i}.{module}.lora_B.weight"] = (n_out, 3)
    assert {key: a.shape for key, a in arrays(tmp_path).items()} == expected
    assert settings(tmp_path)["target_modules"] == sorted(["wte", "wpe", "lm_head", *block])


def test_names_and_shapes_of_a_llama(adapted, tmp_path):
    save_peft(adapted(LLAMA, DoRA(3), ("blocks.*",)), tmp_path)
    block = {"self_attn.q_proj": (8, 24), "self_attn.k_proj": (8, 12), "self_attn.v_proj": (8, 12), "self_attn.o_proj": (24, 8),
             "mlp.gate_proj": (8, 14), "mlp.up_proj": (8, 14), "mlp.down_proj": (14, 8)}  # fmt: skip
    expected = {}
    for i in range(2):
        for module, (n_in, n_out) in block.items():
            stem = f"base_model.model.model.layers.{i}.{module}"
            expected |= {f"{stem}.lora_A.weight": (3, n_in), f"{stem}.lora_B.weight": (n_out, 3),
                         f"{stem}.lora_magnitude_vector": (n_out,)}  # fmt: skip
    assert {key: a.shape for key, a in arrays(tmp_path).items()} == expected
    assert settings(tmp_path)["use_dora"] and not settings(tmp_path)["fan_in_fan_out"]


def test_an_encoder_is_written_without_a_head(adapted, tmp_path):
    classifier = replace(BERT, n_classes=3)
    for config in (BERT, classifier):
        save_peft(adapted(config, LoRA(2), ("attn.v",)), tmp_path)
        assert set(arrays(tmp_path)) == {f"base_model.model.encoder.layer.0.attention.self.value.lora_{L}.weight" for L in "AB"}
        assert settings(tmp_path)["task_type"] == "FEATURE_EXTRACTION"
    save_peft(adapted(replace(GPT2, n_classes=3), LoRA(2), ("attn.o",)), tmp_path)
    assert {key.split(".")[2] for key in arrays(tmp_path)} == {"h"}


@pytest.mark.parametrize(("targets", "expected"), [
    (("mlp.down",), ["encoder.layer.0.output.dense"]),  # output.dense alone would mean attention.output.dense too
    (("attn.o",), ["attention.output.dense"]),
    (("attn.o", "mlp.down"), ["attention.output.dense", "output.dense"]),
])  # fmt: skip
def test_an_end_that_means_others_is_not_taken(adapted, tmp_path, targets, expected):
    save_peft(adapted(BERT, LoRA(2), targets), tmp_path)
    assert settings(tmp_path)["target_modules"] == expected


def test_patterns_are_whole_names_and_say_both(adapted, tmp_path):
    spec = LoRA(4, 7, rank_pattern={"attn.*": 2}, alpha_pattern={"blocks.0.*": 5})
    save_peft(adapted(GPT2, spec, ("mlp.*", "blocks.1.attn.o")), tmp_path)
    written = settings(tmp_path)
    h0, h1 = "transformer.h.0.", "transformer.h.1."
    assert (written["r"], written["lora_alpha"]) == (4, 7)
    assert written["rank_pattern"] == {h1 + "attn.c_proj": 2}
    assert written["alpha_pattern"] == {h0 + "mlp.c_fc": 5, h0 + "mlp.c_proj": 5}
    assert written["target_modules"] == ["mlp.c_fc", "mlp.c_proj", h1 + "attn.c_proj"]


def test_the_weight_goes_into_alpha(adapted, tmp_path):
    model = adapted(LLAMA, find_method("rslora")(3, 6), ("attn.q",))
    weigh(model, "default", -0.25)
    save_peft(model, tmp_path)
    assert settings(tmp_path)["lora_alpha"] == -1.5 and settings(tmp_path)["use_rslora"]


def test_q_k_v_apart_become_one_map(adapted, tmp_path):
    """A's one under another; B's blocks, each times its own scale, in its own rows and columns; k, left out, has zeros."""
    model = adapted(APART, LoRA(2, 3, rank_pattern={"attn.q": 1}, alpha_pattern={"attn.v": 5}), ("attn.q", "attn.v", "attn.o"))
    save_peft(model, tmp_path)
    own = {name: adapter for name, *_, adapter in adapters_of(model)}
    held, stem = arrays(tmp_path), "base_model.model.transformer.h.1.attn.c_attn.lora_"
    q, v = own["blocks.1.attn.q"], own["blocks.1.attn.v"]
    np.testing.assert_array_equal(held[f"{stem}A.weight"], np.concatenate([q.A.data, v.A.data]))
    B = np.zeros((18, 3), "float32")
    B[:6, :1], B[12:, 1:] = 3 / 1 * q.B.data, 5 / 2 * v.B.data
    np.testing.assert_array_equal(held[f"{stem}B.weight"], B)
    written = settings(tmp_path)
    assert (written["r"], written["rank_pattern"]) == (3, {f"transformer.h.{i}.attn.c_proj": 2 for i in (0, 1)})
    assert (written["lora_alpha"], written["alpha_pattern"]) == (3, {})  # s = 3 / 3, and attn.o's 3 / 2


@pytest.mark.parametrize(("method", "rank"), [("pissa", 4), ("olora", 4), ("adalora", 2), ("lora-xs", 2), ("vera", 2)])
def test_other_methods_become_their_factors(adapted, tmp_path, method, rank):
    """B' A' is the whole change, of twice the rank where W gave up a start."""
    spec = find_method(method)(2) if method == "vera" else find_method(method)(2, 3)
    model = adapted(LLAMA, spec, ("attn.o",), "float64")
    save_peft(model, tmp_path)
    written = settings(tmp_path)
    assert (written["r"], written["lora_alpha"], written["init_lora_weights"]) == (rank, rank, True)
    for name, *_, adapter in adapters_of(model):
        stem = f"base_model.model.model.layers.{name.split('.')[1]}.self_attn.o_proj.lora_"
        B, A = arrays(tmp_path)[f"{stem}B.weight"], arrays(tmp_path)[f"{stem}A.weight"]
        assert A.shape == (rank, 24) and np.abs(adapter.delta()).max() > 0.01
        np.testing.assert_allclose(B @ A, adapter.delta(), rtol=0, atol=1e-12)


def test_a_part_without_dora_keeps_the_lengths_of_its_rows(adapted, tmp_path):
    model = adapted(APART, DoRA(2, 3), ("attn.q", "attn.v"))
    save_peft(model, tmp_path)
    attn = model.blocks[1].attn
    q, v = (part.adapters["default"].m.data for part in (attn.q, attn.v))
    expected = np.concatenate([q, np.linalg.norm(attn.k.W.data, axis=1), v])
    m = arrays(tmp_path)["base_model.model.transformer.h.1.attn.c_attn.lora_magnitude_vector"]
    np.testing.assert_allclose(m, expected, rtol=1e-6)


@pytest.mark.parametrize(("bias", "names"), [
    ("none", []), ("lora_only", ["attention.self.value.base_layer"]),
    ("all", ["attention.self.value.base_layer", "attention.self.query", "attention.self.key", "attention.output.dense",
             "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"]),
])  # fmt: skip
def test_biases_that_train_along(adapted, tmp_path, bias, names):
    """By "all" PEFT means those of the norms too."""
    save_peft(adapted(BERT, LoRA(2, bias=bias), ("attn.v",)), tmp_path)
    expected = {f"base_model.model.encoder.layer.0.{name}.bias" for name in names}
    expected |= {"base_model.model.embeddings.LayerNorm.bias"} if bias == "all" else set()
    assert {key for key in arrays(tmp_path) if key.endswith("bias")} == expected


@pytest.mark.parametrize("spec", [
    LoRA(3, 7), DoRA(3, 7), find_method("rslora")(3, 7), LoRA(3, 7, bias="lora_only"), LoRA(3, 7, bias="all"),
    LoRA(3, 7, rank_pattern={"mlp.up": 2}, alpha_pattern={"mlp.up": 0.3}),
])  # fmt: skip
@pytest.mark.parametrize("config", [GPT2, LLAMA], ids=["gpt2", "llama"])
def test_there_and_back_bit_for_bit(adapted, tmp_path, spec, config):
    model = adapted(config, spec, ("attn.o", "mlp.up"))
    for p in model.parameters():
        if p.trainable and p.data.ndim == 1:
            p.data = p.data + np.random.default_rng(5).standard_normal(p.data.shape)
    save_peft(model, tmp_path)
    fresh = Transformer(config, rng=0).eval()
    assert load_peft(fresh, tmp_path) == [name for name, *_ in adapters_of(model)]
    assert np.array_equal(fresh.forward(IDS), model.forward(IDS))
    one, other = dict(model.named_parameters()), dict(fresh.named_parameters())
    assert one.keys() == other.keys()
    for name, p in one.items():
        assert np.array_equal(p.data, other[name].data) and p.trainable == other[name].trainable, name
    specs = [{name: a.spec.at(name) for name, *_, a in adapters_of(m)} for m in (model, fresh)]
    assert [(s.method, s.r, s.alpha) for s in specs[0].values()] == [(s.method, s.r, s.alpha) for s in specs[1].values()]


def test_it_is_written_merged_or_not_and_alone(adapted, tmp_path):
    model = adapted(GPT2, LoRA(3, 7), ("mlp.up",))
    inject(model, LoRA(2, 5), ("mlp.up", "attn.o"), name="other")
    save_peft(model, tmp_path / "a")
    merge(model)
    save_peft(model, tmp_path / "b")
    unmerge(model)
    for file in ("adapter_config.json", "adapter_model.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert settings(tmp_path / "a")["target_modules"] == ["mlp.c_fc"]


def test_it_survives_our_own_folders(adapted, tmp_path):
    """From PEFT's folder to ours and back to PEFT's, the same bytes."""
    save_peft(adapted(LLAMA, LoRA(3, 7), ("attn.q", "mlp.down")), tmp_path / "a")
    one, other = Transformer(LLAMA, rng=0), Transformer(LLAMA, rng=0)
    load_peft(one, tmp_path / "a")
    save_adapter(one, tmp_path / "b")
    load_adapter(other, tmp_path / "b")
    save_peft(other, tmp_path / "c")
    for file in ("adapter_config.json", "adapter_model.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "c" / file).read_bytes()


def test_the_settings_are_written_last(adapted, tmp_path, monkeypatch):
    model = adapted(GPT2, LoRA(3), ("mlp.up",))
    written = []
    monkeypatch.setattr(files, "atomic_write", lambda path, content: written.append(path.name))
    save_peft(model, tmp_path)
    assert written == ["adapter_model.safetensors", "adapter_config.json"]


def test_every_method_is_written_or_refused(adapted, tmp_path):
    """None slips through as something that it is not."""
    refused = set()
    for method in METHODS:
        if METHODS[method].evidence:
            continue  # they start from data, and are LoRA or shifted: the oracle has them
        fields = {"r": 2} if method != "svft" and method != "lokr" else {}
        try:
            save_peft(adapted(GPT2, find_method(method)(**fields), ("mlp.up",)), tmp_path)
        except ValueError as error:
            assert f"is {method}, whose change of W is not the B A" in str(error) and "save_huggingface" in str(error)
            refused.add(method)
    assert refused == {"loha", "lokr", "svft"}


@pytest.mark.parametrize(("config", "targets", "message"), [
    (replace(BERT, n_classes=3), ("head",), "head has an adapter, and PEFT's adapter of a bert has no place for that"),
    (BERT, ("head",), "head has an adapter, and PEFT's adapter of a bert has no place"),
    (replace(LLAMA, fused_qkv=True), ("attn.qkv",), r"blocks\.0\.attn\.qkv has an adapter, and PEFT's adapter of a llama"),
    (replace(GPT2, mlp="swiglu"), ("attn.o",), "a gpt2 has no mlp='swiglu'"),
])  # fmt: skip
def test_what_has_no_counterpart_is_refused(adapted, tmp_path, config, targets, message):
    with pytest.raises(ValueError, match=message):
        save_peft(adapted(config, LoRA(1), targets), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_arguments_are_refused(adapted, tmp_path):
    model = adapted(GPT2, LoRA(1), ("mlp.up",))
    with pytest.raises(ValueError, match="no adapter named 'other'; it has 'default'"):
        save_peft(model, tmp_path, name="other")
    with pytest.raises(ValueError, match="base must be the name or folder of the base model, or None, got 3"):
        save_peft(model, tmp_path, base=3)
    (tmp_path / "file").write_text("")
    with pytest.raises(files.FileError, match="cannot be written"):
        save_peft(model, tmp_path / "file")
