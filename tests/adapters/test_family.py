"""What every method of the family promises: its start, merging, switching, what is frozen, how much is trained."""

import importlib

import numpy as np
import pytest

from minilora.adapters import METHODS, adapters_of, disable, enable, merge, remove, unmerge
from minilora.nn import Linear
from minilora.nn.quantized import dequantize_linear, quantize_linear
from minilora.training import AdamW

MERGEABLE = [method for method in METHODS if method != "qlora"]
SHIFTED = {"pissa", "olora", "lora-ga"}
SMALL_START = SHIFTED | {"dora", "lora-xs"}  # the others begin at the base, bit for bit
FROZEN = {"lora-fa": {"A"}, "lora-xs": {"A", "B"}, "svft": {"U", "V"}} | dict.fromkeys(SHIFTED, {"A0", "B0"})
every_method = pytest.mark.parametrize("method", METHODS)
every_mergeable = pytest.mark.parametrize("method", MERGEABLE)


@pytest.fixture
def base_of(small):
    """base_of(method, dtype): the model without adapters, quantised where the method quantises."""

    def make(method, dtype="float64", **config):
        model = small(dtype=dtype, **config)
        for name, layer in model.named_layers():
            if method == "qlora" and isinstance(layer, Linear) and name.startswith("blocks"):
                quantize_linear(layer, block=4)
        return model

    return make


@every_method
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_start_changes_nothing_or_as_little_as_is_said(hung, base_of, batch, method, dtype):
    before, after = base_of(method, dtype).forward(batch[0]), hung(method, dtype=dtype).forward(batch[0])
    if method not in SMALL_START:
        assert np.array_equal(after, before)
    else:
        rounding = 1e-12 if dtype == "float64" else 1e-4
        offset = np.abs(after - before).max()
        assert offset < (1e-3 if method == "lora-xs" else rounding)
        assert method != "lora-xs" or offset > 1e-7, "its R is small, and not zero"


@every_mergeable
@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-10), ("float32", 2e-3)])
@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_merged_computes_the_same_and_unmerge_is_bit_for_bit(hung, away, batch, method, dtype, rtol, preset):
    model, ids = away(hung(method, preset=preset, dtype=dtype)).eval(), batch[0]
    logits, names = model.forward(ids), [name for name, _ in model.named_parameters()]
    matrices = [layer.W for _, layer, *_ in adapters_of(model)]
    merge(model)
    np.testing.assert_allclose(model.forward(ids), logits, rtol=rtol, atol=rtol)
    assert all(layer.W is not W for (_, layer, *_), W in zip(adapters_of(model), matrices, strict=True))
    unmerge(model)
    assert np.array_equal(model.forward(ids), logits)
    assert [name for name, _ in model.named_parameters()] == names and model.forward(ids).dtype == dtype


@every_mergeable
def test_what_merge_adds_is_delta(hung, away, small, method):
    model, plain = away(hung(method)), dict(small().named_layers())
    originals = {name: plain[name].W.data for name, *_ in adapters_of(model)}
    deltas = {name: adapter.delta(originals[name]) for name, _, _, adapter in adapters_of(model)}
    merge(model)
    for name, layer, *_ in adapters_of(model):
        assert np.linalg.norm(deltas[name]) > 0.01
        np.testing.assert_allclose(layer.W.data - originals[name], deltas[name], atol=1e-13)


@every_mergeable
def test_merged_and_removed_is_a_plain_model(hung, away, batch, small, method):
    model = away(hung(method)).eval()
    logits = model.forward(batch[0])
    merge(model)
    remove(model, "default")
    assert [name for name, _ in model.named_parameters()] == [name for name, _ in small().named_parameters()]
    np.testing.assert_allclose(model.forward(batch[0]), logits, rtol=1e-10)


@every_method
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_switched_off_it_is_the_base_bit_for_bit_and_on_again_the_same(hung, away, base_of, batch, method, dtype):
    model, ids = away(hung(method, dtype=dtype)).eval(), batch[0]
    logits, base = model.forward(ids), base_of(method, dtype).forward(ids)
    assert np.abs(logits - base).max() > 0.01
    disable(model)
    assert np.array_equal(model.forward(ids), base)
    enable(model)
    assert np.array_equal(model.forward(ids), logits)
    remove(model, "default")
    assert np.array_equal(model.forward(ids), base)


@every_method
def test_what_is_frozen_stays_bit_for_bit_while_everything_else_learns(hung, base_of, batch, method):
    model = hung(method)
    optimizer = AdamW(model.parameters(), lr=0.03, weight_decay=0.1)
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    losses = []
    for _ in range(6):
        optimizer.zero_grad()
        losses.append(model.loss(*batch))
        model.backward()
        optimizer.step()
    assert losses[-1] < losses[0]
    for name, p in model.named_parameters():
        leaf = name.rpartition(".")[2]
        learns = ".default." in name and leaf not in FROZEN.get(method, ())
        assert p.trainable == learns == (not np.array_equal(p.data, before[name])), name
        assert (p.grad is None) != learns
    disable(model)
    assert np.array_equal(model.forward(batch[0]), base_of(method).forward(batch[0]))


def divisors(n):
    return [i for i in range(1, n + 1) if n % i == 0]


def lora(n_in, n_out, r=2):
    return r * (n_in + n_out)


COUNTS = dict.fromkeys(["lora", "rslora", "pissa", "olora", "lora-ga", "eva", "qlora"], lora) | {
    "lora-fa": lambda n_in, n_out, r=2: r * n_out,
    "dora": lambda n_in, n_out, r=2: r * (n_in + n_out) + n_out,
    "adalora": lambda n_in, n_out, r=2: r * (n_in + n_out) + r,
    "vera": lambda n_in, n_out, r=2: n_out + r,
    "lora-xs": lambda n_in, n_out, r=2: r * r,
    "svft": lambda n_in, n_out: min(n_in, n_out) + 2 * (min(n_in, n_out) - 1),  # three diagonals
    "loha": lambda n_in, n_out, r=2: 2 * r * (n_in + n_out),
    "lokr": lambda n_in, n_out: min(a * c + n_out * n_in // (a * c) for a in divisors(n_out) for c in divisors(n_in)),
}


@every_method
def test_the_number_of_trained_values_is_the_papers_formula(hung, spec_of, method):
    model, sizes = hung(method), set()
    for _, layer, _, adapter in adapters_of(model):
        n_out, n_in = layer.W.data.shape
        trained = sum(p.data.size for p in adapter.parameters() if p.trainable)
        assert trained == spec_of(method).values(n_in, n_out) == COUNTS[method](n_in, n_out)
        sizes.add((n_in, n_out))
    assert sizes == {(6, 8), (8, 6), (6, 9), (9, 6)}


@every_method
def test_the_counted_flops_are_those_of_the_products(hung, spec_of, monkeypatch, method):
    """2 m n for each row that meets an (m, n) matrix, counted where the ops multiply."""
    model, counted = hung(method, "blocks.0.mlp.up").eval(), []
    ((_, layer, _, adapter),) = adapters_of(model)
    x = np.random.default_rng(0).standard_normal((1, layer.W.data.shape[1]))

    def counting(x, M):
        counted.append(2 * (x.size // x.shape[-1]) * M.size)
        return (x.reshape(-1, x.shape[-1]) @ M).reshape(*x.shape[:-1], M.shape[1])

    own = ("dora", "adalora", "vera", "lora-xs", "svft", "loha", "lokr")
    op = method.replace("-", "_") if method in own else "lora"
    module = importlib.import_module(f"minilora.ops.{op}")
    monkeypatch.setattr(module, "row_product", counting)
    adapter.forward(x, np.zeros((1, layer.W.data.shape[0])), layer)
    assert sum(counted) == spec_of(method).flops(6, 9)


def test_a_4_bit_base_merges_once_it_is_dequantised(hung, away, batch):
    model = away(hung("qlora")).eval()
    logits = model.forward(batch[0])
    with pytest.raises(ValueError, match=r"^blocks.0.attn.q.W is held in 4 bits, .* call dequantize_linear\(layer\) first$"):
        merge(model)
    for _, layer, *_ in adapters_of(model):
        dequantize_linear(layer)
    merge(model)
    np.testing.assert_allclose(model.forward(batch[0]), logits, rtol=1e-10)
