"""GGUF against Transformers: its own GGUF loader, and a LlamaForCausalLM that is given the dequantised weights."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from minilora.interop import load_gguf

torch = pytest.importorskip("torch")
gguf = pytest.importorskip("gguf")
transformers = pytest.importorskip("transformers")
sys.path.append(str(Path(__file__).parents[1] / "interop"))
from write_gguf import MIXED, SIZES, write_llama  # noqa: E402

CASES = {
    "mixed": {},
    "mixed, tied": {"tied": True},
    "as many keys as heads": {"K": 4},
    "one key": {"K": 1, "H": 6, "kinds": MIXED | {"attn_output": "Q4_1"}},
    "Q4_1": {"kinds": dict.fromkeys(MIXED, "Q4_1")},
    "Q8_0, tied": {"kinds": dict.fromkeys(MIXED, "Q8_0"), "tied": True, "C": 32, "D": 24, "F": 64, "H": 4},
    "K-quants": {"kinds": dict.fromkeys(("ffn_gate", "ffn_up"), "Q5_1") | {"attn_v": "Q5_0", "token_embd": "F16"}},
    "in full": {"kinds": {}},
}


def ours(path, ids, quantised):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return load_gguf(path, quantised=quantised).forward(ids)


def independent(values, tied, biases=(), V=0, C=0, L=0, H=0, K=0, D=0, F=0):
    """A LlamaForCausalLM with the weights of {our name: array}."""
    config = transformers.LlamaConfig(
        vocab_size=V, hidden_size=C, num_hidden_layers=L, num_attention_heads=H, num_key_value_heads=K, head_dim=D,
        intermediate_size=F, rms_norm_eps=float(np.float32(1e-3)), rope_theta=500.0, max_position_embeddings=40,
        tie_word_embeddings=tied, attention_bias=bool(biases), attn_implementation="eager",
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).eval()
    names = {"embed.": "model.embed_tokens.", "blocks.": "model.layers.", "attn.": "self_attn.", "norm1": "input_layernorm",
             "norm2": "post_attention_layernorm", "q.": "q_proj.", "k.": "k_proj.", "v.": "v_proj.", "o.": "o_proj.",
             "gate.": "gate_proj.", "up.": "up_proj.", "down.": "down_proj.", "head.": "lm_head."}  # fmt: skip
    state = {}
    for name, value in values.items():
        *layers, leaf = name.split(".")
        theirs = {"norm": "model.norm"}.get(name.removesuffix(".gamma"))
        path = theirs.split(".") if theirs else [names.get(f"{x}.", names.get(x, f"{x}.")).rstrip(".") for x in layers]
        state[".".join([*path, "bias" if leaf == "b" else "weight"])] = torch.from_numpy(value)
    missing, surplus = model.load_state_dict(state, strict=False)
    assert not surplus and set(missing) <= ({"lm_head.weight"} if tied else set())
    return model


def assert_same(got, expected):
    np.testing.assert_allclose(got, expected, rtol=0, atol=3e-6 * np.abs(expected).max())


@pytest.mark.parametrize("quantised", [False, True], ids=["float32", "quantised"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_logits_of_small_random_files(tmp_path, case, quantised):
    values = write_llama(tmp_path / "small.gguf", **case)
    sizes = {name: case.get(name, size) for name, size in SIZES.items()}
    ids = np.random.default_rng(2).integers(0, sizes["V"], (3, 13))
    got = ours(tmp_path / "small.gguf", ids, quantised)
    loaded = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path, gguf_file="small.gguf", dtype=torch.float32, attn_implementation="eager"
    )
    with torch.no_grad():
        for model in (loaded.eval(), independent(values, case.get("tied", False), **sizes)):
            assert_same(got, model(torch.from_numpy(ids)).logits.numpy())


@pytest.mark.parametrize("quantised", [False, True], ids=["float32", "quantised"])
def test_logits_with_biases(tmp_path, quantised):
    """Transformers' own loader leaves biases out."""
    biases = ("attn_q", "attn_k", "attn_v", "attn_output")
    values = write_llama(tmp_path / "small.gguf", biases=biases)
    ids = np.random.default_rng(2).integers(0, SIZES["V"], (3, 13))
    with torch.no_grad():
        expected = independent(values, False, biases, **SIZES)(torch.from_numpy(ids)).logits.numpy()
    assert_same(ours(tmp_path / "small.gguf", ids, quantised), expected)


@pytest.fixture(scope="module")
def smollm2():
    from minilora.interop.fetch import cached

    path = cached("smollm2")
    if path is None:
        pytest.skip("SmolLM2 is not in the cache: minilora fetch smollm2")
    return Path(path)


def test_logits_of_smollm2(smollm2):
    ids = np.random.default_rng(3).integers(0, 49152, (1, 33))
    model = transformers.AutoModelForCausalLM.from_pretrained(
        smollm2.parent, gguf_file=smollm2.name, dtype=torch.float32, attn_implementation="eager"
    )
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(ids)).logits.numpy()
    for quantised in (False, True):
        got = ours(smollm2, ids, quantised)
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
        assert (got.argmax(-1) == expected.argmax(-1)).all()
