"""QLoRA: the base in 4 bits, its memory, gradients through it, files, and what is refused."""

import numpy as np
import pytest

from minilora.adapters import LoRA, PiSSA, QLoRA, VeRA, adapters_of, inject, load_adapter, remove, save_adapter
from minilora.gradcheck import check_layer, check_model
from minilora.nn import Linear
from minilora.nn.quantized import QuantizedParameter, dequantize_linear, quantize_linear
from minilora.quantize import dequantize_nf4, quantize_nf4
from minilora.training import AdamW


@pytest.mark.parametrize(("block", "double"), [(4, False), (4, True), (64, True)])
def test_the_base_is_rounded_once_and_the_rest_is_not(small, batch, block, double):
    model, plain = small(), small()
    inject(model, QLoRA(r=2, block=block, double=double), ("attn.q", "mlp.up"))
    layers = dict(plain.named_layers())
    for name, layer, *_ in adapters_of(model):
        rounded = dequantize_nf4(quantize_nf4(layers[name].W.data, block, double))
        assert isinstance(layer.W, QuantizedParameter) and np.array_equal(layer.W.data, rounded)
        assert np.abs(rounded - layers[name].W.data).max() > 0.01
        layers[name].W.data = rounded
    assert np.array_equal(model.forward(batch[0]), plain.forward(batch[0]))
    remove(model, "default")
    assert np.array_equal(model.forward(batch[0]), plain.forward(batch[0])), "rounding stays"


def test_the_memory_that_it_takes(small):
    """Of a (512, 128) matrix: 4 bits a value, a byte a block of 64, a float32 for 256 of these and one for their mean."""
    model = small(d_model=128, n_heads=4, d_head=32, d_mlp=512, dtype="float32")
    full = model.blocks[0].mlp.up.W.data.nbytes
    inject(model, QLoRA(r=8), "mlp.up")
    W = model.blocks[0].mlp.up.W
    scales = 512 * 128 // 64
    assert full == 4 * 512 * 128 and W.nbytes == 512 * 128 // 2 + scales + 4 * scales // 256 + 4
    assert full / W.nbytes > 7.7
    assert W.quantized.bits_per_value == pytest.approx(4.127, abs=1e-3)


def held(cache):
    """Every array in a cache, however deep."""
    if isinstance(cache, (tuple, list)):
        for part in cache:
            yield from held(part)
    elif isinstance(cache, np.ndarray):
        yield cache
    elif hasattr(cache, "_cache"):
        yield from held(cache._cache)


def test_no_dequantised_W_is_kept(small, batch):
    model = small(d_model=40, n_heads=2, d_head=24, d_mlp=70)
    inject(model, QLoRA(r=2))
    model.loss(*batch)
    for _, layer, *_ in adapters_of(model):
        arrays = [*held(layer._cache), *held(list(vars(layer.W).values()))]
        assert max(a.size for a in arrays) <= layer.W.data.size / 2, "x, codes, scales"
    model.backward()


def test_gradients_through_the_4_bit_base(small, away, batch):
    """dx of a layer, and in the model everything below a layer in 4 bits; biases learn beside it."""
    layer = Linear(np.random.default_rng(0).standard_normal((7, 10)), np.zeros(7))
    layer.W.name = "q.W"
    quantize_linear(layer, block=4)
    report = check_layer(layer, np.random.default_rng(1).standard_normal((3, 10)))
    assert report.ok and set(report.inputs) == {"x", "b"}, str(report)
    model = small(n_layers=1)
    inject(model, QLoRA(r=2, block=4, bias="lora_only"), ("attn.v", "attn.o", "mlp.*"))
    report = check_model(away(model), *batch)
    assert report.ok and "blocks.0.attn.v.b" in report.inputs, str(report)


def test_training_learns_and_codes_stay(small, batch):
    model = small()
    inject(model, QLoRA(r=2, block=4))
    before = [(layer.W.codes.copy(), layer.W.scales.copy()) for _, layer, *_ in adapters_of(model)]
    optimizer = AdamW(model.parameters(), lr=0.03)
    losses = []
    for _ in range(10):
        model.zero_grad()
        losses.append(model.loss(*batch))
        model.backward()
        optimizer.step()
    assert losses[-1] < 0.9 * losses[0]
    for (_, layer, *_), (codes, scales) in zip(adapters_of(model), before, strict=True):
        assert np.array_equal(layer.W.codes, codes) and np.array_equal(layer.W.scales, scales)


def test_a_file_rounds_the_base_that_it_is_loaded_into(small, away, batch, tmp_path, recwarn):
    model = small()
    inject(model, QLoRA(r=2, block=4), "attn.q")
    away(model)
    save_adapter(model, tmp_path)
    fresh = small()
    load_adapter(fresh, tmp_path)
    load_adapter(fresh, tmp_path, "beside it")  # the base is in 4 bits already, the same ones
    assert not recwarn.list
    remove(fresh, "beside it")
    assert np.array_equal(fresh.forward(batch[0]), model.forward(batch[0]))
    assert [adapter.spec for *_, adapter in adapters_of(fresh)] == [QLoRA(r=2, block=4)] * 2
    coarse = small()
    for name, layer in coarse.named_layers():
        if name.endswith("attn.q"):
            quantize_linear(layer, block=64)
    with pytest.warns(UserWarning, match="trained on another model: blocks.0.attn.q.W is not the same here"):
        load_adapter(coarse, tmp_path)


def test_plain_lora_and_others_hang_beside_a_4_bit_base(small, away, batch):
    model = small(n_layers=1)
    inject(model, QLoRA(r=2, block=4), "attn.*", name="one")
    inject(away(model), LoRA(r=2), "attn.q", name="two")
    inject(away(model), VeRA(r=2), "attn.*", name="three")
    report = check_model(away(model), *batch)
    assert report.ok, str(report)


def refused(model, state, same, spec, targets, match):
    before = state(model)
    with pytest.raises(ValueError, match=match):
        inject(model, spec, targets, name="new")
    assert same(state(model), before)


def test_what_is_refused(small, state, same):
    model = small()
    inject(model, QLoRA(r=2), "attn.q")
    already = "^blocks.0.attn.q.W is quantised already: inject LoRA, which trains beside it as it is$"
    refused(model, state, same, QLoRA(r=2), ("attn.v", "attn.q"), already)
    kept = "^blocks.0.attn.q.W is held in 4 bits, so pissa cannot take its start out of it: inject LoRA$"
    refused(model, state, same, PiSSA(r=2), "attn.q", kept)
    tied = "^head.W is embed.W too, which would stay in full: leave head out, or untie it$"
    refused(small(), state, same, QLoRA(r=2), ("attn.q", "head"), tied)
    table = "^qlora has no form for an embedding: take lora there, or leave embed.W out$"
    refused(small(), state, same, QLoRA(r=2), "embed", table)
    model = small()
    inject(model, PiSSA(r=2), "attn.v")
    layers = [layer for name, layer in model.named_layers() if name.endswith(("attn.q", "attn.v"))]
    matrices = [layer.W for layer in layers]
    refused(model, state, same, QLoRA(r=2), ("attn.q", "attn.v"), "^adapters have put something into blocks.0.attn.v.W: unmerge")
    assert matrices == [layer.W for layer in layers], "none is quantised"
    inject(small(tied=False), QLoRA(r=2), "head")
    for _, layer, *_ in adapters_of(model):
        with pytest.raises(ValueError, match="is not quantised|adapters have put something"):
            dequantize_linear(layer)


@pytest.mark.parametrize(("settings", "message"), [
    ({"block": 0}, "^qlora block must be an integer of at least 1, got 0$"),
    ({"block": 2.0}, "^qlora block must be an integer of at least 1, got 2.0$"),
    ({"double": 1}, "^qlora double must be True or False, got 1$"),
])  # fmt: skip
def test_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        QLoRA(**settings)


def test_a_later_layer_that_cannot_be_quantised_leaves_the_model_as_it_was(small):
    model = small()
    model.blocks[1].attn.q.W.data[0, 0] = np.nan
    with pytest.raises(ValueError):
        inject(model, QLoRA(r=2, block=4), "attn.q")
    for block in model.blocks:
        assert not isinstance(block.attn.q.W, QuantizedParameter) and not block.attn.q.adapters
    assert all(p.trainable for p in model.parameters())
