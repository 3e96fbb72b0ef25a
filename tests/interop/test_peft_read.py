"""PEFT folders read: what they mean, and that what is missing, surplus, of another shape or unknown is refused by its name."""

import json
import re
import warnings
from dataclasses import replace

import numpy as np
import pytest

from minilora import files
from minilora.adapters import LoRA, adapters_of, inject, merge
from minilora.interop import load_peft
from minilora.nn import Transformer, TransformerConfig

GPT2 = TransformerConfig(vocab_size=11, block_size=7, n_layers=3, n_heads=2, d_model=6, d_mlp=10, fused_qkv=True)
IDS = np.array([[3, 1, 4, 1, 5], [2, 7, 1, 8, 2]])
STEM = "base_model.model.transformer."
SIZES = {"attn.c_attn": (6, 18), "attn.c_proj": (6, 6), "mlp.c_fc": (6, 10), "mlp.c_proj": (10, 6)}
C_FC = STEM + "h.0.mlp.c_fc.lora_A.weight"


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def gpt2():
    return Transformer(GPT2, rng=0).eval()


def lora(modules, r=2, start=0):
    """{key: array} of LoRA in these modules, such as h.0.mlp.c_fc; r: a number, or one for each."""
    rng, ranks = np.random.default_rng(start), dict.fromkeys(modules, r) if isinstance(r, int) else r
    found = {}
    for module in modules:
        n_in, n_out = SIZES[module.split(".", 2)[2]]
        found[f"{STEM}{module}.lora_A.weight"] = rng.standard_normal((ranks[module], n_in), "float32")
        found[f"{STEM}{module}.lora_B.weight"] = rng.standard_normal((n_out, ranks[module]), "float32")
    return found


def c_fc(r=2):
    return lora([f"h.{i}.mlp.c_fc" for i in range(3)], r)


def write(folder, arrays, **settings):
    """A folder as PEFT writes it; settings set to ... are left out."""
    files.save_arrays(folder / "adapter_model.safetensors", arrays, {"format": "pt"})
    settings = {"peft_type": "LORA", "r": 2, "lora_alpha": 3, "target_modules": ["c_fc"], "fan_in_fan_out": True} | settings
    files.save_json(folder / "adapter_config.json", {name: value for name, value in settings.items() if value is not ...})
    return folder


def specs(model):
    return {name: adapter.spec.at(name) for name, *_, adapter in adapters_of(model)}


def state(model):
    return {name: (p.data.copy(), p.trainable) for name, p in model.named_parameters()}


def refused(model, folder, message, error=ValueError, source=True):
    """That loading is refused, in one line, with this in it, and that nothing has changed. source: it names the folder."""
    before = state(model)
    with pytest.raises(error, match=re.escape(message)) as caught:
        load_peft(model, folder)
    assert "\n" not in str(caught.value) and (str(folder) in str(caught.value)) == source
    after = state(model)
    assert before.keys() == after.keys()
    assert all(np.array_equal(a, after[key][0]) and trains == after[key][1] for key, (a, trains) in before.items())


def test_arrays_and_scale(gpt2, tmp_path):
    arrays = c_fc()
    assert load_peft(gpt2, write(tmp_path, arrays)) == [f"blocks.{i}.mlp.up" for i in range(3)]
    for name, layer, key, adapter in adapters_of(gpt2):
        stem = f"{STEM}h.{name.split('.')[1]}.mlp.c_fc.lora_"
        assert key == "default" and adapter.scale == 1.5
        assert np.array_equal(adapter.A.data, arrays[f"{stem}A.weight"])
        assert np.array_equal(adapter.B.data, arrays[f"{stem}B.weight"])
        assert adapter.A.trainable and adapter.B.trainable and not layer.W.trainable


def test_missing_settings_are_pefts(gpt2, tmp_path):
    """r and alpha are 8 (here r is refused by the size), and GPT-2's target is c_attn."""
    modules = [f"h.{i}.attn.c_attn" for i in range(3)]
    refused(gpt2, write(tmp_path, lora(modules, 6), r=..., target_modules=...), "min(in, out)=6, got 8", source=False)
    load_peft(gpt2, write(tmp_path, lora(modules, 6), r=6, lora_alpha=..., target_modules=None))
    assert {(s.method, s.r, s.alpha, s.dropout, s.bias) for s in specs(gpt2).values()} == {("lora", 6, 8, 0.0, "none")}
    assert list(specs(gpt2)) == [f"blocks.{i}.attn.qkv" for i in range(3)]


@pytest.mark.parametrize(("settings", "modules"), [
    ({"target_modules": ["c_proj"]}, ["h.0.attn.c_proj", "h.0.mlp.c_proj", "h.1.attn.c_proj", "h.1.mlp.c_proj",
                                      "h.2.attn.c_proj", "h.2.mlp.c_proj"]),
    ({"target_modules": ["attn.c_proj", "transformer.h.1.mlp.c_fc"]},
     ["h.0.attn.c_proj", "h.1.attn.c_proj", "h.1.mlp.c_fc", "h.2.attn.c_proj"]),
    ({"target_modules": r"transformer\.h\.[01]\.mlp\.c_(fc|proj)"},
     ["h.0.mlp.c_fc", "h.0.mlp.c_proj", "h.1.mlp.c_fc", "h.1.mlp.c_proj"]),
    ({"target_modules": "All-Linear", "exclude_modules": ["attn.c_proj", "c_attn", "transformer.h.2.mlp.c_fc"]},
     ["h.0.mlp.c_fc", "h.0.mlp.c_proj", "h.1.mlp.c_fc", "h.1.mlp.c_proj", "h.2.mlp.c_proj"]),
    ({"exclude_modules": r".*h\.1\..*"}, ["h.0.mlp.c_fc", "h.2.mlp.c_fc"]),
    ({"target_modules": ["fc", "h.0.mlp.c_fc", "proj"]}, ["h.0.mlp.c_fc"]),  # an end begins behind a dot
    ({"layers_to_transform": 1}, ["h.1.mlp.c_fc"]),
    ({"layers_to_transform": [0, 2, 5]}, ["h.0.mlp.c_fc", "h.2.mlp.c_fc"]),
    ({"layers_to_transform": []}, ["h.0.mlp.c_fc", "h.1.mlp.c_fc", "h.2.mlp.c_fc"]),
    ({"layers_to_transform": [2], "layers_pattern": ["layers", "h"]}, ["h.2.mlp.c_fc"]),
    ({"target_modules": ["c_fc", "transformer.h.0.attn.c_proj"], "layers_to_transform": [2]},
     ["h.0.attn.c_proj", "h.2.mlp.c_fc"]),
])  # fmt: skip
def test_which_modules_are_meant(gpt2, tmp_path, settings, modules):
    """As PEFT decides it; a whole name counts whatever the numbers of the layers are."""
    names = {"attn.c_attn": "attn.qkv", "attn.c_proj": "attn.o", "mlp.c_fc": "mlp.up", "mlp.c_proj": "mlp.down"}
    expected = ["blocks." + m.split(".", 2)[1] + "." + names[m.split(".", 2)[2]] for m in modules]
    assert load_peft(gpt2, write(tmp_path, lora(modules), **settings)) == expected


def test_patterns_are_expressions_for_ends_and_the_first_counts(gpt2, tmp_path):
    modules = [f"h.{i}.mlp.{kind}" for i in range(3) for kind in ("c_fc", "c_proj")]
    ranks = dict(zip(modules, (3, 2, 1, 1, 3, 2), strict=True))
    settings = {"rank_pattern": {"fc": 5, r"h\.1\..*": 1, "c_fc": 3},
                "alpha_pattern": {"^transformer.h.2.mlp.c_fc": 7, "mlp.c_.*": 5}}  # fmt: skip
    load_peft(gpt2, write(tmp_path, lora(modules, ranks), target_modules=["c_fc", "mlp.c_proj"], **settings))
    found = [(s.r, s.alpha, adapter.scale) for s, (*_, adapter) in zip(specs(gpt2).values(), adapters_of(gpt2), strict=True)]
    assert found == [(3, 5, 5 / 3), (2, 5, 5 / 2), (1, 5, 5), (1, 5, 5), (3, 7, 7 / 3), (2, 5, 5 / 2)]


def test_rslora_and_dropout(gpt2, tmp_path):
    load_peft(gpt2, write(tmp_path, c_fc(), use_rslora=True, lora_dropout=0.25))
    assert {(s.method, s.dropout) for s in specs(gpt2).values()} == {("rslora", 0.25)}
    assert {adapter.scale for *_, adapter in adapters_of(gpt2)} == {3 / 2**0.5}


def dora(m=10):
    return c_fc() | {f"{STEM}h.{i}.mlp.c_fc.lora_magnitude_vector": np.arange(1, m + 1, dtype="float32") for i in range(3)}


def test_dora_and_its_dropout(gpt2, tmp_path):
    with pytest.warns(UserWarning, match=r"its dropout, 0\.1, is left out"):
        load_peft(gpt2, write(tmp_path, dora(), use_dora=True, use_rslora=True, lora_dropout=0.1))
    assert {(s.method, s.alpha_pattern == {}) for s in specs(gpt2).values()} == {("dora", True)}
    for *_, adapter in adapters_of(gpt2):
        assert np.array_equal(adapter.m.data, np.arange(1, 11)) and abs(adapter.scale - 3 / 2**0.5) < 1e-15


def test_dora_with_rslora_takes_each_layers_own_rank(gpt2, tmp_path):
    ranks = {"h.0.mlp.c_fc": 2, "h.1.mlp.c_fc": 3, "h.2.mlp.c_fc": 1}
    arrays = lora(list(ranks), ranks) | {key: a for key, a in dora().items() if key.endswith("vector")}
    patterns = {module: r for module, r in ranks.items() if r != 2}
    load_peft(gpt2, write(tmp_path, arrays, use_dora=True, use_rslora=True, rank_pattern=patterns))
    scales = [adapter.scale for *_, adapter in adapters_of(gpt2)]
    np.testing.assert_allclose(scales, [3 / r**0.5 for r in ranks.values()], rtol=1e-14)


def test_lora_ga_is_warned_of(gpt2, tmp_path):
    with pytest.warns(UserWarning, match="lora_ga changes the base before it trains"):
        load_peft(gpt2, write(tmp_path, c_fc(), init_lora_weights="lora_ga"))


@pytest.mark.parametrize("start", [True, False, None, "gaussian", "Gaussian", "orthogonal", "eva", "mica"])
def test_starts_that_leave_nothing_behind(gpt2, tmp_path, start):
    load_peft(gpt2, write(tmp_path, c_fc(), init_lora_weights=start, eva_config={"rho": 2.0}, task_type="CAUSAL_LM"))


def test_one_map_for_q_k_v_is_parted(gpt2, tmp_path):
    """Each part has that map's A and its own rows of B, in storage of its own."""
    apart = Transformer(replace(GPT2, fused_qkv=False), rng=0).eval()
    modules = [f"h.{i}.attn.c_attn" for i in range(3)]
    arrays = lora(modules) | {f"{STEM}h.{i}.attn.c_attn.base_layer.bias": np.arange(18, dtype="float32") + i for i in range(3)}
    layers = load_peft(apart, write(tmp_path, arrays, target_modules=["c_attn"], bias="lora_only"))
    assert layers == [f"blocks.{i}.attn.{part}" for i in range(3) for part in "qkv"]
    for i in range(3):
        for part, rows in (("q", slice(0, 6)), ("k", slice(6, 12)), ("v", slice(12, 18))):
            layer = getattr(apart.blocks[i].attn, part)
            adapter = layer.adapters["default"]
            assert np.array_equal(adapter.A.data, arrays[f"{STEM}h.{i}.attn.c_attn.lora_A.weight"])
            assert np.array_equal(adapter.B.data, arrays[f"{STEM}h.{i}.attn.c_attn.lora_B.weight"][rows])
            assert np.array_equal(layer.b.data, np.arange(18)[rows] + i) and layer.b.trainable and adapter.scale == 1.5
    attn = apart.blocks[0].attn
    assert not np.shares_memory(attn.q.adapters["default"].A.data, attn.k.adapters["default"].A.data)
    assert not np.shares_memory(attn.q.adapters["default"].B.data, attn.k.adapters["default"].B.data)


def test_names_without_the_prefix_are_those_of_the_class_without_a_head(gpt2, tmp_path):
    bare = {key.replace("transformer.", ""): a for key, a in c_fc().items()}
    assert len(load_peft(gpt2, write(tmp_path, bare))) == 3
    other = Transformer(GPT2, rng=0)
    mixed = bare | {C_FC: bare.pop(C_FC.replace("transformer.", ""))}
    refused(other, write(tmp_path, mixed), f"lacks {STEM}h.0.mlp.c_fc.lora_B.weight")


def test_other_dtypes_become_the_models(tmp_path):
    model = Transformer(GPT2, rng=0, dtype="float64")
    arrays = {key: a.astype("float16") for key, a in c_fc().items()}
    load_peft(model, write(tmp_path, arrays))
    A = model.blocks[0].mlp.up.adapters["default"].A.data
    assert A.dtype == "float64" and np.array_equal(A, arrays[C_FC])


@pytest.mark.parametrize(("change", "message"), [
    (lambda a: a.pop(C_FC), f"lacks {C_FC}, which its settings promise"),
    (lambda a: a.pop(C_FC.replace("_A", "_B")), f"lacks {C_FC.replace('_A', '_B')}"),
    (lambda a: a.update({C_FC: a[C_FC].T.copy()}), f"{C_FC} has shape (6, 2), this model and its settings need (2, 6)"),
    (lambda a: a.update({C_FC: a[C_FC].astype("int32")}), f"{C_FC} holds int32, not floating-point numbers"),
    (lambda a: a.update({STEM + "h.0.mlp.c_proj.lora_A.weight": a[C_FC]}), f"holds '{STEM}h.0.mlp.c_proj.lora_A"),
    (lambda a: a.update({STEM + "h.3.mlp.c_fc.lora_A.weight": a[C_FC]}), f"holds '{STEM}h.3.mlp.c_fc.lora_A"),
    (lambda a: a.update({C_FC.replace("A.weight", "B.bias"): a[C_FC]}), f"holds '{STEM}h.0.mlp.c_fc.lora_B.bias'"),
    (lambda a: a.update({STEM + "h.0.mlp.c_fc.base_layer.weight": a[C_FC]}), "c_fc.base_layer.weight', for which this model, or"),
    (lambda a: a.update({STEM + "h.0.mlp.c_fc.base_layer.bias": np.ones(10)}), "c_fc.base_layer.bias', for which this model, or"),
    (lambda a: a.update({STEM + "h.0.mlp.c_fc.lora_magnitude_vector": np.ones(10)}), "c_fc.lora_magnitude_vector', for which"),
    (lambda a: a.update({"base_model.model.score.weight": np.ones((2, 6))}), "holds 'base_model.model.score.weight'"),
    (lambda a: a.update({"base_model.model.lm_head.weight": np.ones((11, 6))}), "lm_head.weight is of the base, and not as this"),
    (lambda a: a.update({"base_model.model.lm_head.weight": np.ones((12, 6))}), "lm_head.weight has shape (12, 6), this model"),
    (lambda a: a.update({STEM + "h.0.attn.bias": np.ones(2)}), f"holds '{STEM}h.0.attn.bias'"),
    (lambda a: a.update({"two\nlines": np.ones(2)}), r"holds 'two\nlines'"),
])  # fmt: skip
def test_arrays_that_do_not_fit_are_named(gpt2, tmp_path, change, message):
    arrays = c_fc()
    change(arrays)
    refused(gpt2, write(tmp_path, arrays), message)


def test_a_classifiers_head_is_no_lm_head(tmp_path):
    model = Transformer(replace(GPT2, n_classes=11), rng=0)
    head = {"base_model.model.lm_head.lora_A.weight": np.ones((2, 6)), "base_model.model.lm_head.lora_B.weight": np.ones((11, 2))}
    folder = write(tmp_path, c_fc() | head, target_modules=["c_fc", "lm_head"])
    refused(model, folder, "holds 'base_model.model.lm_head.lora_A.weight'")
    assert len(load_peft(model, write(tmp_path, c_fc()))) == 3


def test_a_base_that_is_the_same_may_stand_in_the_file(gpt2, tmp_path):
    W = gpt2.embed.W.data
    arrays = {STEM + "wte.base_layer.weight": W, "base_model.model.lm_head.weight": W,
              STEM + "wte.lora_embedding_A": np.ones((2, 11)), STEM + "wte.lora_embedding_B": np.ones((6, 2))}  # fmt: skip
    assert load_peft(gpt2, write(tmp_path, arrays, target_modules=["wte"])) == ["embed"]
    assert gpt2.head.W is gpt2.embed.W and not gpt2.head.adapters


def test_dora_lacks_its_lengths(gpt2, tmp_path):
    refused(gpt2, write(tmp_path, c_fc(), use_dora=True), f"lacks {STEM}h.0.mlp.c_fc.lora_magnitude_vector")
    refused(gpt2, write(tmp_path, dora(9), use_dora=True), "lora_magnitude_vector has shape (9,), this model and its")
    tables = {STEM + "wte.lora_embedding_A": np.ones((2, 11)), STEM + "wte.lora_embedding_B": np.ones((6, 2))}
    folder = write(tmp_path, tables, use_dora=True, target_modules=["wte"])
    refused(gpt2, folder, "dora has no form for an embedding", source=False)


@pytest.mark.parametrize(("settings", "message"), [
    ({"peft_type": ...}, "has no peft_type; minilora reads LORA alone"),
    ({"peft_type": "ADALORA"}, "has peft_type='ADALORA'; minilora reads LORA alone"),
    ({"r": 0}, "lora rank must be an integer of at least 1, got 0"),
    ({"r": "2"}, "r must be a number, got '2'"),
    ({"r": None}, "r must be a number, got None"),
    ({"r": 2.0}, "lora rank must be an integer of at least 1, got 2.0"),
    ({"lora_alpha": "x"}, "lora_alpha must be a number, got 'x'"),
    ({"lora_alpha": float("nan")}, "lora alpha must be a finite number, got nan"),
    ({"lora_alpha": 10**400}, "too large"),
    ({"lora_dropout": True}, "lora_dropout must be a number, got True"),
    ({"lora_dropout": 1}, "lora dropout must be in [0, 1), got 1"),
    ({"lora_dropout": 1, "use_dora": True}, "lora dropout must be in [0, 1), got 1"),
    ({"bias": "some"}, "bias must be one of none, all, lora_only, got 'some'"),
    ({"bias": ["none"]}, "bias must be one of none, all, lora_only, got ['none']"),
    ({"use_dora": 1}, "use_dora must be true or false, got 1"),
    ({"use_rslora": "no"}, "use_rslora must be true or false, got 'no'"),
    ({"fan_in_fan_out": "no"}, "fan_in_fan_out must be true or false, got 'no'"),
    ({"target_modules": 3}, "target_modules must be a list of names or one regular expression, got 3"),
    ({"target_modules": ["c_fc", 3]}, "target_modules must be a list of names or one regular expression, got ['c_fc', 3]"),
    ({"target_modules": "(c_fc"}, "target_modules holds '(c_fc', which is no regular expression"),
    ({"target_modules": "c_fc"}, "its target_modules name no layer that this model has"),  # a string is for the whole name
    ({"target_modules": "[[a]"}, "its target_modules name no layer that this model has"),  # of which Python warns
    ({"layers_to_transform": 1, "layers_pattern": "layers"}, "its target_modules name no layer that this model has"),
    ({"target_modules": []}, "its target_modules name no layer that this model has"),
    ({"exclude_modules": {}}, "exclude_modules must be a list of names or one regular expression, got {}"),
    ({"exclude_modules": "[c"}, "exclude_modules holds '[c', which is no regular expression"),
    ({"rank_pattern": [1]}, "rank_pattern must map names to numbers, got [1]"),
    ({"rank_pattern": {"c_fc": 0}}, "must be an integer of at least 1, got 0"),
    ({"rank_pattern": {"c_(": 1}}, "rank_pattern holds 'c_(', which is no regular expression"),
    ({"alpha_pattern": {"c_fc": None}}, "alpha_pattern must be a number, got None"),
    ({"alpha_pattern": {"c_fc": float("inf")}}, "must be a finite number, got inf"),
    ({"layers_to_transform": "1"}, "layers_to_transform must list numbers of layers, got '1'"),
    ({"layers_to_transform": [True]}, "layers_to_transform must list numbers of layers, got [True]"),
    ({"layers_to_transform": 0, "target_modules": ".*c_fc"}, "layers_pattern need target_modules to be a list"),
    ({"layers_to_transform": [1], "layers_pattern": [1]}, "layers_pattern must list names, got [1]"),
    ({"layers_to_transform": [1], "layers_pattern": "("}, "layers_pattern holds '(', which is no regular expression"),
    ({"layers_pattern": "h"}, "layers_pattern needs layers_to_transform"),
    ({"init_lora_weights": "pissa"}, "sets init_lora_weights='pissa', which changes the base"),
    ({"init_lora_weights": "pissa_niter_16"}, "sets init_lora_weights='pissa_niter_16', which changes the base"),
    ({"init_lora_weights": "olora"}, "sets init_lora_weights='olora', which changes the base"),
    ({"init_lora_weights": "corda"}, "sets init_lora_weights='corda', which changes the base"),
    ({"init_lora_weights": "loftq"}, "sets init_lora_weights='loftq', which quantises the base"),
    ({"init_lora_weights": "new"}, "sets init_lora_weights='new', which minilora does not know"),
    ({"init_lora_weights": 1}, "sets init_lora_weights=1, which minilora does not know"),
    ({"init_lora_weights": ["pissa"]}, "sets init_lora_weights=['pissa'], which minilora does not know"),
    ({"modules_to_save": ["score"]}, "sets modules_to_save=['score'], which saves whole modules beside the adapter"),
    ({"lora_bias": True}, "sets lora_bias=True, which adds a bias to B"),
    ({"trainable_token_indices": [0]}, "sets trainable_token_indices=[0], which trains rows of the embedding"),
    ({"ensure_weight_tying": True}, "sets ensure_weight_tying=True, which adapts a tied head along"),
    ({"use_qalora": True}, "sets 'use_qalora'=True, which minilora does not know: it may change the result"),
    ({"alora_invocation_tokens": [1]}, "sets 'alora_invocation_tokens'=[1], which minilora does not know"),
    ({"layer_replication": [[0, 1]]}, "sets 'layer_replication'=[[0, 1]], which minilora does not know"),
    ({"target_parameters": ["W"]}, "sets 'target_parameters'=['W'], which minilora does not know"),
    ({"a\nb": "c\nd"}, r"sets 'a\nb'='c\nd', which minilora does not know"),
])  # fmt: skip
def test_settings_are_refused_by_name(gpt2, tmp_path, settings, message):
    refused(gpt2, write(tmp_path, c_fc(), **settings), message)


def test_settings_that_are_off_pass(gpt2, tmp_path):
    off = {"modules_to_save": None, "lora_bias": False, "trainable_token_indices": None, "ensure_weight_tying": False,
           "use_qalora": False, "layer_replication": None, "loftq_config": {}, "megatron_core": "megatron.core",
           "qalora_group_size": 16, "peft_version": "0.21.2", "auto_mapping": None, "revision": None, "rank_pattern": None,
           "exclude_modules": None, "layers_pattern": None, "a_setting_of_tomorrow": None}  # fmt: skip
    load_peft(gpt2, write(tmp_path, c_fc(), **off))


def test_too_few_targets_leave_arrays_without_a_place(gpt2, tmp_path):
    arrays = c_fc() | lora(["h.0.attn.c_proj"])
    refused(gpt2, write(tmp_path, arrays), f"holds '{STEM}h.0.attn.c_proj.lora_A.weight'")
    refused(gpt2, write(tmp_path, arrays, target_modules=["c_fc", "attn.c_proj"]), f"lacks {STEM}h.1.attn.c_proj")


def test_biases(gpt2, tmp_path):
    biases = {f"{STEM}h.{i}.mlp.c_fc.base_layer.bias": np.arange(10, dtype="float32") + i for i in range(3)}
    load_peft(gpt2, write(tmp_path, c_fc() | biases, bias="lora_only"))
    for i, block in enumerate(gpt2.blocks):
        assert np.array_equal(block.mlp.up.b.data, np.arange(10) + i) and block.mlp.up.b.trainable
        assert not block.mlp.down.b.trainable
    other = Transformer(GPT2, rng=0)
    refused(other, write(tmp_path, c_fc(), bias="lora_only"), f"lacks {STEM}h.0.mlp.c_fc.base_layer.bias")
    refused(other, write(tmp_path, c_fc() | biases, bias="all"), f"lacks {STEM}h.0.attn.c_attn.bias")
    biases[STEM + "ln_f.bias"] = np.zeros(6)
    refused(other, write(tmp_path, c_fc() | biases, bias="lora_only"), f"holds '{STEM}ln_f.bias'")


def test_a_name_that_is_taken_or_none(gpt2, tmp_path):
    folder = write(tmp_path, c_fc())
    load_peft(gpt2, folder)
    with pytest.raises(ValueError, match="has an adapter named 'default' already"):
        load_peft(gpt2, folder)
    with pytest.raises(ValueError, match="adapter name must be a string"):
        load_peft(gpt2, folder, name="a.b")
    assert len(load_peft(gpt2, folder, name="other")) == 3


def test_beside_another_that_is_merged(gpt2, tmp_path):
    """As load_adapter does: the merged one stays merged, the new one is computed and adds up."""
    plain = Transformer(GPT2, rng=0).eval()
    inject(gpt2, LoRA(2), ("mlp.up",), rng=1, name="first")
    for *_, adapter in adapters_of(gpt2):
        adapter.B.data = np.random.default_rng(4).standard_normal(adapter.B.data.shape).astype("float32")
    merge(gpt2)
    load_peft(gpt2, write(tmp_path, c_fc()))
    load_peft(plain, tmp_path)
    for ours, alone in zip(gpt2.blocks, plain.blocks, strict=True):
        x = np.random.default_rng(5).standard_normal((4, 6)).astype("float32")
        first = ours.mlp.up.adapters["first"]
        np.testing.assert_allclose(ours.mlp.up.forward(x), alone.mlp.up.forward(x) + x @ first.delta().T, rtol=0, atol=1e-5)


def test_no_folder_and_no_safetensors(gpt2, tmp_path):
    with pytest.raises(files.FileError, match="adapter_config.json: cannot be read"):
        load_peft(gpt2, tmp_path / "none")
    folder = write(tmp_path, c_fc())
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    refused(gpt2, folder, "holds adapter_model.bin, a pickle, which minilora does not read", files.FileError)
    (folder / "adapter_model.bin").unlink()
    refused(gpt2, folder, "adapter_model.safetensors: cannot be read", files.FileError)
    (folder / "adapter_config.json").write_text(json.dumps([1]))
    refused(gpt2, folder, "must hold an object, got [1]", files.FileError)
