"""TransformerConfig: what follows from what, presets, and what is refused."""

import json

import numpy as np
import pytest

from minilora.nn import TransformerConfig


def test_fields_left_out_follow():
    c = TransformerConfig(vocab_size=10, d_model=12, n_heads=3)
    assert (c.n_kv_heads, c.d_head, c.d_mlp) == (3, 4, 48)
    c = TransformerConfig(vocab_size=10, d_model=12, n_heads=5, n_kv_heads=1, d_head=7, d_mlp=3)
    assert (c.n_kv_heads, c.d_head, c.d_mlp) == (1, 7, 3)


def test_sizes_may_be_numpy_integers_and_become_python_ones():
    config = TransformerConfig(vocab_size=np.int64(9), d_mlp=np.uint8(40))
    assert type(config.vocab_size) is int and type(config.d_mlp) is int
    assert json.loads(json.dumps(config.to_dict()))["vocab_size"] == 9


def test_presets():
    gpt, llama, bert = (TransformerConfig.preset(f"tiny-{name}", vocab_size=9) for name in ("gpt", "llama", "bert"))
    assert (gpt.norm, gpt.position, gpt.mlp) == ("layernorm", "learned", "gelu_tanh")
    assert gpt.causal and gpt.tied and gpt.norm_first and gpt.attn_bias and gpt.mlp_bias
    assert (llama.norm, llama.position, llama.mlp, llama.causal) == ("rmsnorm", "rope", "swiglu", True)
    assert llama.n_kv_heads < llama.n_heads and not llama.attn_bias and not llama.mlp_bias
    assert (bert.norm, bert.causal, bert.norm_first, bert.embed_norm, bert.mlp) == ("layernorm", False, False, True, "gelu_erf")
    assert bert.n_token_types == 2 and bert.pool == "cls"
    assert not any(c.fused_qkv for c in (gpt, llama, bert))
    assert TransformerConfig.preset("tiny-gpt", vocab_size=9, block_size=17, mlp="relu").mlp == "relu"


def test_as_plain_data_and_back():
    config = TransformerConfig.preset("tiny-llama", vocab_size=9, n_classes=3)
    assert TransformerConfig(**json.loads(json.dumps(config.to_dict()))) == config


REFUSED = {
    r"^d_model=10 must be a multiple of n_heads=4, or d_head must be given$": {"d_model": 10},
    r"^n_heads=4 must be a multiple of n_kv_heads=3$": {"n_kv_heads": 3},
    r"^d_head must be even for position='rope', got 3$": {"position": "rope", "d_head": 3},
    r"^dropout must be in \[0, 1\), got 1$": {"dropout": 1},
    r"^dropout must be in \[0, 1\), got -0.1$": {"dropout": -0.1},
    r"^norm_eps must be a number > 0, got 0$": {"norm_eps": 0},
    r"^norm_eps must be a number > 0, got nan$": {"norm_eps": float("nan")},
    r"^rope_base must be a number > 0, got -1.0$": {"rope_base": -1.0},
    r"^rope_base must be a number > 0, got inf$": {"rope_base": float("inf")},
    r"^rope_base must be a number > 0, got '1e4'$": {"rope_base": "1e4"},
    r"^norm must be one of layernorm, rmsnorm, got 'batchnorm'$": {"norm": "batchnorm"},
    r"^position must be one of learned, rope, got 'alibi'$": {"position": "alibi"},
    r"^mlp must be one of relu, gelu_tanh, gelu_erf, swiglu, got 'gelu'$": {"mlp": "gelu"},
    r"^pool must be one of last, cls, mean, got 'max'$": {"pool": "max", "n_classes": 2},
    r"^n_classes must be at least 1, got 0$": {"n_classes": 0},
    r"^n_token_types must be at least 0, got -1$": {"n_token_types": -1},
    r"^n_heads must be at least 1, got 0$": {"n_heads": 0},
    r"^n_layers must be an integer, got 2.5$": {"n_layers": 2.5},
    r"^vocab_size must be an integer, got '9'$": {"vocab_size": "9"},
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_is_named(message):
    with pytest.raises(ValueError, match=message):
        TransformerConfig(**({"vocab_size": 9} | REFUSED[message]))


@pytest.mark.parametrize("field", ["vocab_size", "block_size", "n_layers", "n_heads", "n_kv_heads", "d_model", "d_head", "d_mlp"])
def test_sizes_are_at_least_one(field):
    with pytest.raises(ValueError, match=rf"^{field} must be at least 1, got -4$"):
        TransformerConfig(**({"vocab_size": 9} | {field: -4}))


def test_presets_refuse_in_words():
    with pytest.raises(ValueError, match=r"^preset must be one of tiny-gpt, tiny-llama, tiny-bert, got 'gpt2'$"):
        TransformerConfig.preset("gpt2", vocab_size=9)
    with pytest.raises(ValueError, match=r"^TransformerConfig has no field 'n_layer'; it has attn_bias, "):
        TransformerConfig.preset("tiny-gpt", vocab_size=9, n_layer=2)
    with pytest.raises(ValueError, match=r"^preset 'tiny-gpt' needs vocab_size, the number of tokens of your tokeniser$"):
        TransformerConfig.preset("tiny-gpt")
