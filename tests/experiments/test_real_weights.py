"""What is in the weights: noise with something planted in it, rounding that is done, cuts and changes that are known."""

import numpy as np
import pytest

from minilora import lowrank
from minilora.adapters import LoRA, adapters_of, inject
from minilora.data import evaluation_windows
from minilora.experiments import analysis, real_weights
from minilora.experiments.runs import held_out_loss
from minilora.nn import Transformer, TransformerConfig
from minilora.nn.quantized import Blocks
from minilora.plots.spectra import spectra


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def model():
    config = TransformerConfig.preset("tiny-llama", vocab_size=23, block_size=12, n_layers=2, n_heads=4, n_kv_heads=2, d_model=16)
    return Transformer(config, rng=0).eval()


@pytest.fixture
def windows(rng):
    return evaluation_windows(rng.integers(0, 23, 200), 12, 5, batch_size=2)


def test_directions_planted_in_noise_are_beyond_it_and_noise_is_not(rng):
    noise = rng.standard_normal((90, 60))
    assert real_weights.against_noise("a", noise)["bulk"][2] == 0
    U, V = np.linalg.qr(rng.standard_normal((90, 3)))[0], np.linalg.qr(rng.standard_normal((60, 3)))[0]
    row = real_weights.against_noise("a", noise + 60 * U @ V.T, rounding=0.5, rng=rng)
    assert row["name"] == "a" and row["bulk"][2] == 3 and row["shuffled"][2] == 3 and set(row) >= {"values", "shuffled values"}
    sigma, edge, _ = row["shuffled"]
    assert sigma == pytest.approx(np.sqrt(1 + 3 * 60**2 / 5400), rel=0.02) and edge == sigma * (90**0.5 + 60**0.5)
    assert row["shuffled values"][0] / edge == pytest.approx(1, abs=0.08)
    edge = 0.5 * (90**0.5 + 60**0.5)
    assert row["rounding"] == (0.5, edge, lowrank.beyond_noise(noise + 60 * U @ V.T, 0.5).count)
    assert "rounding" not in real_weights.against_noise("a", noise)


def test_the_spread_of_rounding_is_what_rounding_does(rng):
    scales = rng.uniform(0.01, 0.2, (60, 4)).astype("float16")
    W = rng.uniform(0, 15, (60, 4, 32)) * scales[..., None]
    error = W - scales[..., None] * np.rint(W / scales[..., None])
    blocks = Blocks(None, scales, (60, 128), np.dtype("float32"), 32, tuple(range(16)))
    assert real_weights.rounding_std(blocks) == pytest.approx(error.std(), rel=0.02)


def test_gram_matrices_are_of_the_inputs_of_the_layers(model, windows):
    names = real_weights.of_kind(model, "mlp.down")
    assert names == ["blocks.0.mlp.down", "blocks.1.mlp.down"]
    found = real_weights.grams(model, [*names, "blocks.0.attn.q"], windows)
    X = np.concatenate([model.blocks[0].norm1.forward(model.embed.forward(inputs)).reshape(-1, 16) for inputs, _ in windows])
    np.testing.assert_allclose(found["blocks.0.attn.q"], X.T @ X, rtol=1e-4, atol=1e-4)
    assert found["blocks.1.mlp.down"].shape == (model.config.d_mlp,) * 2


def test_cuts_are_those_of_lowrank(rng):
    X = rng.standard_normal((50, 7)) * np.arange(1.0, 8)
    matrices = {"a": rng.standard_normal((9, 7)), "b": rng.standard_normal((5, 7))}
    plain, minding = real_weights.cutter(), real_weights.cutter(dict.fromkeys(matrices, X.T @ X))
    for rank in (1, 3):
        for name, W in matrices.items():
            np.testing.assert_allclose(plain(name, W, rank), lowrank.truncate(W, rank), atol=1e-12)
            np.testing.assert_allclose(minding(name, W, rank), lowrank.activation_truncate(W, rank, X.T @ X), atol=1e-10)


def test_truncation_cuts_all_of_a_kind_and_puts_them_back(model, windows):
    before = held_out_loss(model, windows)
    found = real_weights.truncated(model, windows, windows, kinds=("attn.q", "attn.v"), ranks=(2, 6, 12))
    assert found["uncut"] == before == held_out_loss(model, windows)
    assert [row["rank"] for row in found["curves"]["attn.v"]["plain"]] == [2, 6]  # v has 8 rows
    for name in real_weights.of_kind(model, "attn.q"):
        W = dict(model.named_layers())[name].W
        W.data = lowrank.truncate(W.data, 6)
    assert found["curves"]["attn.q"]["plain"][1] == {"rank": 6, "loss": pytest.approx(held_out_loss(model, windows), rel=1e-6)}


def test_what_an_adapter_changes_beside_a_random_change_of_its_size(model, rng, monkeypatch):
    inject(model, LoRA(r=2, alpha=3), ("attn.q",), rng=0)
    for *_, adapter in adapters_of(model):
        adapter.B.data = 4 * rng.standard_normal(adapter.B.shape).astype("float32")
    seen, plain = [], lowrank.intruder_dimensions
    monkeypatch.setattr(lowrank, "intruder_dimensions", lambda W, W1: seen.append(W1 - W) or plain(W, W1))
    found = real_weights.changed(model, layers=(1,))
    (row,), name = found["rows"], "blocks.1.attn.q"
    layer = dict(model.named_layers())[name]
    W, delta = layer.W.data.astype(float), layer.adapters["default"].delta().astype(float)
    assert row["name"] == name and row["r"] == 2 and row["delta"] == pytest.approx(np.linalg.norm(delta))
    assert found["cosines"] == {name: pytest.approx(plain(W, W + delta).cosines)}
    assert list(found["random"]) == [name] and found["random"][name] != found["cosines"][name]
    np.testing.assert_allclose(*map(lowrank.singular_values, seen), atol=1e-6)
    assert not np.allclose(*seen)


def test_the_command_s_rows_have_the_edge_and_its_picture_draws_it(rng):
    rows = analysis.spectrum_rows({f"blocks.{i}.attn.q": (i + 1) * rng.standard_normal((30, 20)) for i in range(3)})
    for row, W_std in zip(rows, (1, 2, 3), strict=True):
        assert row["edge"] == pytest.approx(W_std * (30**0.5 + 20**0.5), rel=0.1)
    (ax,) = spectra(rows).axes
    assert ax.lines[-1].get_ydata()[0] == rows[1]["edge"] and len(ax.lines) == 4
