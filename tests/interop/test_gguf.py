"""GGUF: each value against the package gguf's, quantised in memory against dequantised, what is refused and how."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

gguf = pytest.importorskip("gguf", reason="a GGUF file is written by the package gguf: pip install 'minilora[real]'")
sys.path.append(str(Path(__file__).parent))
from write_gguf import MIXED, SIZES, write_llama  # noqa: E402

from minilora import backend  # noqa: E402
from minilora.adapters import LoRA, PiSSA, inject, merge  # noqa: E402
from minilora.files import FileError  # noqa: E402
from minilora.interop import load_gguf  # noqa: E402
from minilora.interop.gguf_header import read_header  # noqa: E402
from minilora.nn import QuantizedParameter, quantized  # noqa: E402
from minilora.nn.quantized import dequantize_base  # noqa: E402

IDS = np.random.default_rng(5).integers(0, SIZES["V"], (2, 9))
TARGETS = np.random.default_rng(6).integers(0, SIZES["V"], (2, 9))
both = pytest.mark.parametrize("tied", [False, True], ids=["own head", "tied head"])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "small.gguf"


def load_quantised(path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return load_gguf(path, quantised=True, **options)


def test_the_header_is_what_the_package_reads(path):
    more = {"a.list": ["x", "ä", ""], "numbers": [1, 2, 3], "floats": [0.5, 2.0], "yes": True, "text": "µ" * 300}
    write_llama(path, more=more)
    header, reader = read_header(path), gguf.GGUFReader(path)
    assert header.metadata == {key: f.contents() for key, f in reader.fields.items() if not key.startswith("GGUF.")}
    assert header.metadata | more == header.metadata
    for tensor in reader.tensors:
        ours = header.tensors[tensor.name]
        assert ours.shape == tuple(tensor.shape[::-1]) and ours.kind == tensor.tensor_type
        assert (ours.start, ours.nbytes) == (tensor.data_offset, tensor.n_bytes)
    assert len(header.tensors) == len(reader.tensors) == 21


@both
@pytest.mark.parametrize("biases", [(), ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")])
def test_every_parameter_has_the_values_that_the_package_dequantises(path, tied, biases):
    values = write_llama(path, tied=tied, biases=biases)
    for model in (load_gguf(path), load_quantised(path)):
        parameters = {name: p.data for name, p in model.named_parameters()}
        assert parameters.keys() == values.keys()
        for name, expected in values.items():
            np.testing.assert_array_equal(parameters[name], expected, err_msg=name)
            assert parameters[name].dtype == "float32"
    assert (model.config.n_kv_heads, model.config.d_head, model.config.block_size, model.config.tied) == (2, 16, 40, tied)
    assert (model.config.rope_base, model.config.norm_eps) == (500.0, np.float32(1e-3)) and not model.training


@both
def test_what_stays_quantised_and_what_is_said_of_the_rest(path, tied):
    write_llama(path, tied=tied)
    n, size = (4, 2 * (96 * 64 + 96 * 160) * 4) if tied else (5, (2 * (96 * 64 + 96 * 160) + 77 * 96) * 4)
    kinds = "BF16, F16" if tied else "BF16, F16, F32"
    said = rf": {n} of {15 if tied else 16} matrices are {kinds}, and take {size / 1e6:.0f} MB"
    with pytest.warns(UserWarning, match=said) as seen:
        model = load_gguf(path, quantised=True)
    assert seen[0].filename == __file__
    held = {name for name, p in model.named_parameters() if isinstance(p, QuantizedParameter)}
    kept = ("attn.q", "attn.k", "attn.v", "mlp.gate", "mlp.up")
    assert held == {"embed.W"} | {f"blocks.{i}.{name}.W" for i in range(2) for name in kept}
    assert (model.head.W is model.embed.W) == tied
    bits = {"embed.W": 8.5, "blocks.0.attn.q.W": 8.5, "blocks.1.attn.k.W": 5, "blocks.0.attn.v.W": 4.5}
    for name, p in model.named_parameters():
        if name in bits:
            assert p.quantized.bits_per_value == bits[name] and p.nbytes * 8 == bits[name] * p.data.size
        assert p.name == name
    assert {p.dtype.name for p in model.parameters()} == {"float32"}
    assert str(model.dtype) == "float32"


def test_nothing_is_said_where_all_stay(path):
    write_llama(path, kinds=dict.fromkeys(MIXED, "Q4_1"), D=24)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_gguf(path, quantised=True)


def results(model):
    """Logits, loss and every gradient of LoRA beside q, v, down, the embedding and, where it is not tied, the head."""
    targets = ("attn.q", "attn.v", "mlp.down", "embed") + (() if model.config.tied else ("head",))
    inject(model, LoRA(r=3), targets=targets, rng=0)
    rng = np.random.default_rng(1)
    for name, p in model.named_parameters():
        if "lora" in name:
            p.data = backend.asarray(rng.standard_normal(p.shape) * 0.1, dtype=p.dtype)
    logits = model.forward(IDS)
    loss = model.loss(IDS, TARGETS)
    model.backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.trainable}
    assert len(gradients) == 2 * (6 + len(targets) - 3)
    return {"logits": logits, "loss": np.array(loss)} | gradients


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("part", [1 << 20, 1000])
def test_quantised_computes_and_trains_as_dequantised(path, tied, dtype, part, monkeypatch):
    """A part of 1000 values is some rows: W is never made whole then."""
    monkeypatch.setattr("minilora.ops.quantized_linear.PART", part)
    write_llama(path, tied=tied)
    expected, got = results(load_gguf(path, dtype)), results(load_quantised(path, dtype=dtype))
    assert expected.keys() == got.keys()
    for name, one in expected.items():
        assert np.abs(one).max() > 1e-3
        tolerance = {"float32": 2e-5, "float64": 1e-12}[dtype]
        np.testing.assert_allclose(got[name], one, rtol=0, atol=tolerance * np.abs(one).max(), err_msg=name)


def arrays_in(value):
    if isinstance(value, (tuple, list)):
        return [a for item in value for a in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


def test_no_dequantised_matrix_is_kept(path):
    write_llama(path, tied=True)
    model = load_quantised(path)
    model.forward(IDS[:, :1])
    layers = [layer for _, layer in model.named_layers() if isinstance(getattr(layer, "W", None), QuantizedParameter)]
    assert len(layers) == 12
    for layer in layers:
        assert all(a.size < np.prod(layer.W.shape) or a.dtype != "float32" for a in arrays_in(layer._cache)), layer.W.name


def test_an_embedding_dequantises_only_the_rows_it_needs(path, monkeypatch):
    values = write_llama(path, tied=True)
    model, rows = load_quantised(path), []
    whole = quantized.dequantize_blocks
    monkeypatch.setattr("minilora.nn.quantized.dequantize_blocks", lambda codes, *a: rows.append(codes.shape) or whole(codes, *a))
    np.testing.assert_array_equal(model.embed.forward(IDS), values["embed.W"][IDS])
    assert rows == [(*IDS.shape, 96)]


def test_merging_needs_the_values_in_full(path):
    write_llama(path, tied=True)
    model = load_quantised(path)
    before = model.forward(IDS)
    inject(model, LoRA(r=2), targets=("attn.q", "embed"), rng=0)
    with pytest.raises(ValueError, match=r"^embed.W is held in 8 bits, .* call dequantize_linear"):
        merge(model)
    assert dequantize_base(model) == 12
    assert not any(isinstance(p, QuantizedParameter) for p in model.parameters()) and model.head.W is model.embed.W
    np.testing.assert_allclose(model.forward(IDS), before, rtol=0, atol=1e-4)
    merge(model)


@pytest.mark.parametrize(("layer", "bits"), [("blocks.0.attn.q", 8), ("blocks.0.attn.k", 4)])
def test_the_bits_are_named_where_a_start_cannot_be_taken_out(path, layer, bits):
    write_llama(path)
    held = rf"^{layer}.W is held in {bits} bits, so pissa cannot take its start out of it: inject LoRA$"
    with pytest.raises(ValueError, match=held):
        inject(load_quantised(path), PiSSA(r=2), layer)


def test_the_blocks_of_a_file_take_no_other_values(path):
    write_llama(path)
    W = load_quantised(path).blocks[0].attn.k.W
    values = W.data
    W.data = values
    np.testing.assert_array_equal(W.data, values)
    values[3, 5] += 1
    with pytest.raises(ValueError, match=r"^blocks.0.attn.k.W is held in the blocks of a file, .* call dequantize_linear"):
        W.data = values
    with pytest.raises(ValueError, match=r"^blocks.0.attn.k.W is held in 4 bits and cannot be trained"):
        W.trainable = True


REFUSED = {
    "rope.scaling.type": "linear", "rope.scaling.factor": 2.0, "rope.scale_linear": 0.5, "rope.dimension_count": 8,
    "attention.value_length": 32, "attention.sliding_window": 128, "expert_count": 4, "attention.causal": False,
    "some.new_switch": True, "attention.scale": 0.1,
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), REFUSED.items(), ids=REFUSED)
def test_a_setting_that_we_do_not_have_is_refused_by_name(path, key, value):
    write_llama(path, change={key: value})
    with pytest.raises(ValueError, match=rf"small.gguf: it sets '?llama.{key}'? to {value!r}"):
        load_gguf(path)


OFF = {"rope.scaling.type": "none", "rope.scaling.factor": 1.0, "attention.sliding_window": 0, "expert_count": 0,
       "attention.causal": True, "some.new_switch": False, "tensor_data_layout": "Meta AI original pth"}  # fmt: skip


def test_a_setting_that_is_off_changes_nothing(path):
    values = write_llama(path, change=OFF, more={"general.quantization_version": 2, "split.count": 1, "other.switch": True})
    np.testing.assert_array_equal(load_gguf(path).blocks[1].attn.q.W.data, values["blocks.1.attn.q.W"])


@pytest.mark.parametrize(
    ("key", "value"), [("general.quantization_version", 1), ("split.count", 2), ("general.type", "adapter")]
)
def test_files_that_are_no_whole_model_are_refused(path, key, value):
    write_llama(path, more={key: value})
    with pytest.raises(ValueError, match=f"small.gguf: it sets {key} to {value!r}; minilora has "):
        load_gguf(path)


def test_defaults_of_what_is_left_out(path):
    names = "rope.freq_base rope.dimension_count attention.key_length attention.value_length attention.head_count_kv vocab_size"
    write_llama(path, change=dict.fromkeys(names.split()), D=24, K=4)
    config = load_gguf(path).config
    assert (config.rope_base, config.d_head, config.n_kv_heads, config.vocab_size) == (10000.0, 24, 4, 77)
    write_llama(path, change={"vocab_size": None}, more={"tokenizer.ggml.tokens": ["a"] * 76})
    with pytest.raises(ValueError, match=r"token_embd.weight \(77, 96\) instead of \(76, 96\)"):
        load_gguf(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"change": {"block_count": None}}, "it lacks llama.block_count, without which"),
        ({"change": {"attention.head_count": "4"}}, "llama.attention.head_count must be one number, got '4'"),
        ({"change": {"attention.head_count_kv": [2, 2]}}, "llama.attention.head_count_kv must be one number, got 2 values"),
        ({"change": {"attention.head_count_kv": 3}}, "n_heads=4 must be a multiple of n_kv_heads=3"),
        ({"change": {"block_count": 4_000_000_000}}, "its settings say 4000000000 layers, and it holds 21 tensors"),
        ({"change": {"feed_forward_length": 4_000_000_000}}, r"blk.0.ffn_gate.weight \(160, 96\) instead of \(4000000000, 96\)"),
        ({"change": {"attention.layer_norm_rms_epsilon": float("nan")}}, "norm_eps must be a number > 0, got nan"),
        ({"tensors": {"blk.1.ffn_up.weight": None}}, "it lacks blk.1.ffn_up.weight"),
        ({"tensors": {"blk.1.attn_q_norm.weight": np.ones(16, "f4")}}, "it holds besides blk.1.attn_q_norm.weight"),
        ({"biases": ("attn_q",)}, "it lacks blk.0.attn_k.bias, blk.0.attn_v.bias"),
        ({"tensors": {"blk.1.attn_norm.weight": np.ones(96, "i4")}}, "'blk.1.attn_norm.weight' is I32, which the package gguf"),
        ({"tensors": {"rope_freqs.weight": np.full(8, 2, "f4")}}, "rope_freqs.weight scales the rotary frequencies"),
    ],
)
def test_what_does_not_fit(path, arguments, message):
    write_llama(path, **arguments)
    with pytest.raises(ValueError, match=f"small.gguf.*{message}") as caught:
        load_gguf(path)
    assert "\n" not in str(caught.value)


def test_rope_factors_of_one_change_nothing(path):
    write_llama(path, tensors={"rope_freqs.weight": np.ones(8, "f4")})
    load_gguf(path)


def test_another_architecture_is_named(path):
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ValueError, match=r"small.gguf: minilora has no architecture 'qwen2' in GGUF; it has 'llama'$"):
        load_gguf(path)


def test_without_the_package_it_is_said_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(ValueError, match=r"needs the package gguf: pip install 'minilora\[real\]'"):
        load_gguf(path)


def test_a_file_that_is_not_there(path):
    with pytest.raises(FileError, match=r"small.gguf: cannot be read \(No such file or directory\); check the path"):
        load_gguf(path)
    with pytest.raises(FileError, match="cannot be read"):
        load_gguf(path.parent)


def test_on_a_device_array(path, strict, run_on):
    write_llama(path, tied=True)
    expected, got = run_on(np, lambda: results(load_quantised(path))), run_on(strict, lambda: results(load_quantised(path)))
    for name, one in expected.items():
        other = got[name] if isinstance(got[name], np.ndarray) else strict.asnumpy(got[name])
        np.testing.assert_allclose(other, one, rtol=0, atol=2e-5 * np.abs(one).max(), err_msg=name)
