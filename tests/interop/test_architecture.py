"""Settings of a config.json as fields of ours: each taken, or refused by name."""

import numpy as np
import pytest

from minilora.interop.architecture import Stored
from minilora.interop.bert import BERT
from minilora.interop.gpt2 import GPT2
from minilora.interop.llama import LLAMA
from minilora.interop.shapes import parameter_shapes
from minilora.nn import Transformer, TransformerConfig

SIZES = {
    "gpt2": {"vocab_size": 61, "n_positions": 23, "n_embd": 24, "n_layer": 2, "n_head": 3, "n_inner": 37},
    "llama": {"vocab_size": 61, "max_position_embeddings": 23, "hidden_size": 36, "intermediate_size": 37, "num_hidden_layers": 2,
              "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 10},
    "bert": {"vocab_size": 61, "max_position_embeddings": 23, "hidden_size": 24, "intermediate_size": 37, "num_hidden_layers": 2,
             "num_attention_heads": 3},
}  # fmt: skip
ARCHITECTURES = {"gpt2": GPT2, "llama": LLAMA, "bert": BERT}
architectures = pytest.mark.parametrize("kind", SIZES)


def config(kind, **settings):
    return ARCHITECTURES[kind].config({"model_type": kind} | SIZES[kind] | settings)


def refused(kind, *words, **settings):
    pattern = r"\A" + "".join(f"(?=.*{word})" for word in words) + r"[^\n]{,400}\Z"
    with pytest.raises(ValueError, match=pattern):
        config(kind, **settings)


@architectures
def test_sizes(kind):
    c = config(kind)
    sizes = c.vocab_size, c.block_size, c.d_model, c.n_layers, c.d_mlp
    assert sizes == {"gpt2": (61, 23, 24, 2, 37), "llama": (61, 23, 36, 2, 37), "bert": (61, 23, 24, 2, 37)}[kind]
    assert (c.n_heads, c.n_kv_heads, c.d_head) == ((6, 2, 10) if kind == "llama" else (3, 3, 8))
    assert c.causal is (kind != "bert") and c.dropout == 0.0


REFUSED = [
    ("llama", "rope_scaling", {"type": "linear", "factor": 2.0}),
    ("llama", "rope_scaling", {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192}),
    ("llama", "rope_scaling", "linear"),
    ("llama", "rope_scaling", [2.0]),
    ("llama", "rope_type", "llama3"),
    ("llama", "partial_rotary_factor", 0.5),
    ("llama", "sliding_window", 4096),
    ("llama", "hidden_act", "gelu"),
    ("llama", "quantization_config", {"bits": 4}),
    ("llama", "rope_interleaved", True),
    ("gpt2", "scale_attn_by_inverse_layer_idx", True),
    ("gpt2", "scale_attn_weights", False),
    ("gpt2", "add_cross_attention", True),
    ("gpt2", "activation_function", "swish"),
    ("gpt2", "activation_function", ["gelu_new"]),
    ("gpt2", "hidden_act", "relu"),
    ("gpt2", "num_key_value_heads", 1),
    ("bert", "position_embedding_type", "relative_key"),
    ("bert", "position_embedding_type", "relative_key_query"),
    ("bert", "is_decoder", True),
    ("bert", "add_cross_attention", True),
    ("bert", "tie_word_embeddings", False),
    ("bert", "hidden_act", "silu"),
    ("bert", "pruned_heads", {"0": [1]}),
    ("bert", "rope_theta", 10000.0),
]
REFUSED += [(kind, "never_heard_of", value) for kind in SIZES for value in (True, 1, "on", [0], {"a": 0}, 0.1)]


@pytest.mark.parametrize(("kind", "name", "value"), REFUSED)
def test_what_cannot_be_had_here_is_refused_by_name(kind, name, value):
    refused(kind, f"config.json sets {name}=", "minilora", **{name: value})


@architectures
def test_what_is_switched_off_or_without_effect_passes(kind):
    off = {"never_heard_of": False, "other": None, "more": 0, "list": []}
    off |= {"use_cache": True, "eos_token_id": [1, 2], "attn_pdrop": 0.3, "id2label": {"0": "A"}}
    off |= {"dtype": "float16", "torch_dtype": "bfloat16", "transformers_version": "4.1"}
    assert config(kind, **off) == config(kind)


PUBLISHED = [  # what files of well-known models hold beside sizes
    ("gpt2", {"n_ctx": 1024, "task_specific_params": {"text-generation": {"do_sample": True}}, "summary_activation": None}),
    ("llama", {"is_llama_config": True, "rope_interleaved": False, "rope_scaling": None, "pretraining_tp": 1}),
    ("llama", {"transformers.js_config": {"dtype": "q4"}, "pad_token_id": 2, "_attn_implementation_autoset": True}),
    ("bert", {"position_embedding_type": "absolute", "gradient_checkpointing": False, "hidden_dropout_prob": 0.1}),
    ("bert", {"directionality": "bidi", "pooler_fc_size": 768, "pooler_type": "first_token_transform"}),
]


@pytest.mark.parametrize(("kind", "settings"), PUBLISHED)
def test_settings_of_published_models(kind, settings):
    assert config(kind, **settings) == config(kind)


def test_swish_is_another_name_of_silu():
    assert config("llama", hidden_act="swish") == config("llama", hidden_act="silu") == config("llama")
    assert LLAMA.settings(config("llama", hidden_act="swish"))["hidden_act"] == "silu"


OLD_AND_NEW = [
    {"rope_theta": 321.0},
    {"rope_theta": 321},
    {"rope_parameters": {"rope_theta": 321.0}},
    {"rope_parameters": {"rope_theta": 321.0, "rope_type": "default", "partial_rotary_factor": 1.0}},
    {"rope_theta": 10000.0, "rope_parameters": {"rope_theta": 321.0}},
    {"rope_theta": 321.0, "rope_scaling": None, "rope_parameters": None},
    {"rope_theta": 321.0, "rope_scaling": {"rope_type": "default"}, "rope_parameters": {}},
]


@pytest.mark.parametrize("settings", OLD_AND_NEW)
def test_both_spellings_of_the_rotary_base(settings):
    base = config("llama", **settings).rope_base
    assert base == 321.0 and type(base) is float


INNER = {
    "rope_type": {"rope_type": "yarn", "factor": 2.0},
    "factor": {"rope_theta": 1e4, "factor": 2.0},
    "type": {"type": "linear"},
    "partial_rotary_factor": {"partial_rotary_factor": 0.25},
    "vocab_size": {"vocab_size": 62},
    "rope_theta": {"rope_theta": "1e4"},
    "full_attention": {"full_attention": {"rope_theta": 1e4}},
}


@pytest.mark.parametrize("name", INNER)
def test_what_stands_in_rope_parameters(name):
    refused("llama", name, rope_parameters=INNER[name])


WRONG = ["768", [768], {"a": 1}, True, False, 7.5, -1, 1 << 70, 10**400, float("nan"), "x" * 10_000, [[[]]] * 10_000]
FLOATS, SWITCHES = ("norm_eps", "rope_base"), ("tied", "attn_bias", "mlp_bias")


@architectures
@pytest.mark.parametrize("value", WRONG, ids=lambda value: f"{value}"[:9])
def test_settings_of_the_wrong_type(kind, value):
    """A size is a whole number, a switch true or false; a switch takes no number, and a number no switch."""
    architecture = ARCHITECTURES[kind]
    for name, (ours, _) in architecture.fields.items():
        if not (ours in FLOATS and value == 7.5 or ours in SWITCHES and isinstance(value, bool)):
            refused(kind, name, **{name: value})
    for name, values in (architecture.required | {architecture.mlp[0]: ()}).items():
        if value not in values:
            refused(kind, name, **{name: value})
    refused(kind, "a=1" if isinstance(value, dict) else "rope_parameters", rope_parameters=value)


@architectures
def test_null_is_the_default(kind):
    architecture = ARCHITECTURES[kind]
    without_sizes = architecture.config({"model_type": kind})
    for name in (*architecture.fields, *architecture.required, architecture.mlp[0]):
        assert architecture.config({"model_type": kind, name: None}) == without_sizes


def test_sizes_that_do_not_go_together_are_told_in_their_names():
    refused("gpt2", "n_embd=25 must be a multiple of n_head=3", n_embd=25)
    refused("llama", "num_attention_heads=6 must be a multiple of num_key_value_heads=4", num_key_value_heads=4)
    refused("llama", "head_dim must be even", head_dim=9)
    refused("bert", "num_hidden_layers must be at least 1, got 0", num_hidden_layers=0)
    refused("bert", "layer_norm_eps must be a number > 0", layer_norm_eps=0)


def test_odd_names_stay_on_one_line():
    refused("gpt2", r"'a\\nb'=1", **{"a\nb": 1})
    refused("gpt2", r"xx\.\.\.xx", **{"x" * 5000: 1})
    refused("gpt2", "ud800", **{"\ud800": 1})


OUR_SIZES = {"vocab_size": 61, "block_size": 23, "n_layers": 2, "n_heads": 4, "d_model": 24, "d_mlp": 37}
VARIANTS = [
    ("tiny-gpt", {}),
    ("tiny-gpt", {"fused_qkv": True, "tied": False, "n_layers": 3}),
    ("tiny-gpt", {"attn_bias": False, "n_classes": 5}),
    ("tiny-llama", {"d_head": 10}),
    ("tiny-llama", {"fused_qkv": True, "attn_bias": True, "mlp_bias": True, "tied": False}),
    ("tiny-bert", {"n_token_types": 3}),
    ("tiny-bert", {"embed_norm": False, "mlp_bias": False, "n_token_types": 0}),
]


@pytest.mark.parametrize(("preset", "fields"), VARIANTS)
def test_shapes_without_a_model(preset, fields):
    config = TransformerConfig.preset(preset, **(OUR_SIZES | fields))
    expected = {name: p.data.shape for name, p in Transformer(config).named_parameters()}
    assert parameter_shapes(config) == expected


def test_where_gpt2_keeps_things():
    stored = GPT2.stored(config("gpt2"))
    assert stored["embed.W"] == Stored("transformer.wte.weight") and "head.W" not in stored
    assert stored["blocks.1.attn.qkv.W"] == Stored("transformer.h.1.attn.c_attn.weight", transposed=True)
    assert stored["blocks.0.norm2.beta"] == Stored("transformer.h.0.ln_2.bias")
    assert len(stored) == 2 + 2 * 12 + 2
    assert GPT2.stored(config("gpt2", tie_word_embeddings=False))["head.W"] == Stored("lm_head.weight")


@architectures
def test_there_and_back(kind):
    architecture, c = ARCHITECTURES[kind], config(kind)
    settings = architecture.settings(c)
    assert architecture.config(settings) == c
    assert settings | SIZES[kind] == settings


ANOTHER = [
    (GPT2, "tiny-gpt", {"n_kv_heads": 2}, "n_kv_heads"),
    (GPT2, "tiny-gpt", {"d_head": 10}, "d_head"),
    (GPT2, "tiny-gpt", {"attn_bias": False}, "attn_bias"),
    (GPT2, "tiny-gpt", {"mlp": "swiglu"}, "mlp"),
    (GPT2, "tiny-gpt", {"n_token_types": 2}, "n_token_types"),
    (GPT2, "tiny-llama", {"mlp": "relu", "n_kv_heads": 4}, "norm"),
    (LLAMA, "tiny-llama", {"rope_interleaved": True}, "rope_interleaved"),
    (LLAMA, "tiny-llama", {"norm": "layernorm"}, "norm"),
    (LLAMA, "tiny-llama", {"mlp": "relu"}, "mlp"),
    (LLAMA, "tiny-llama", {"d_model": 25, "d_head": 6}, "multiple"),
    (BERT, "tiny-bert", {"tied": False}, "tied"),
    (BERT, "tiny-bert", {"causal": True}, "causal"),
    (BERT, "tiny-bert", {"embed_norm": False}, "embed_norm"),
]


@pytest.mark.parametrize(("architecture", "preset", "fields", "word"), ANOTHER)
def test_a_model_that_is_another(architecture, preset, fields, word):
    model = TransformerConfig.preset(preset, **(OUR_SIZES | fields))
    with pytest.raises(ValueError, match=rf"\A[^\n]*{word}[^\n]*\Z"):
        architecture.settings(model)


def test_what_is_written_has_the_types_that_are_asked_for():
    c = TransformerConfig.preset("tiny-llama", **OUR_SIZES, rope_base=np.float32(500), norm_eps=1)
    settings = LLAMA.settings(c)
    assert type(settings["rope_theta"]) is float and type(settings["rms_norm_eps"]) is float
