"""Rounding with calibration: each method against its formula, what it is good at, and a model there and back."""

import math

import numpy as np
import pytest

from minilora import backend
from minilora.compress.calibration import METHODS, calibrate, quantize_model
from minilora.nn import Linear
from minilora.nn.quantized import quantize_linear
from minilora.quantize import dequantize_absmax, quantize_absmax

every_method = pytest.mark.parametrize("method", METHODS)


def rounded(W, bits, block="row"):
    return dequantize_absmax(quantize_absmax(W, bits, block))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def W(rng):
    return rng.standard_normal((12, 40))


@pytest.fixture
def X(rng):
    """Channels of very different sizes, as behind a layer norm with a few large gammas."""
    return rng.standard_normal((3, 30, 40)) * np.exp(1.5 * rng.standard_normal(40))


@pytest.fixture
def batches(rng):
    return [(rng.integers(0, 7, (2, 5)), rng.integers(0, 7, (2, 5))) for _ in range(2)]


@every_method
@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_errors_are_those_of_what_is_returned(W, X, method, bits, dtype):
    W, X = W.astype(dtype), X.astype(dtype)
    result = calibrate(W, bits, X, method)
    assert result.W_hat.dtype == dtype and result.W_hat.shape == W.shape
    W_hat, W, X = (a.astype("float64") for a in (result.W_hat, W, X.reshape(-1, 40)))
    assert result.weight_error == pytest.approx(np.linalg.norm(W - W_hat) / np.linalg.norm(W), rel=1e-5)
    assert result.output_error == pytest.approx(np.linalg.norm(X @ W.T - X @ W_hat.T) / np.linalg.norm(X @ W.T), rel=1e-5)
    assert type(result.weight_error) is type(result.output_error) is float
    assert 0 < result.weight_error < (0.01 if bits == 8 and method == "absmax" else 0.5)


@pytest.mark.parametrize("block", ["row", "whole", 16])
def test_absmax(W, block):
    result = calibrate(W, 4, block=block)
    np.testing.assert_array_equal(result.W_hat, rounded(W, 4, block))
    assert result.output_error is None


def test_percentile(W):
    c = np.quantile(np.abs(W), 0.9)
    assert (np.abs(W) <= c).sum() == round(0.9 * W.size)
    for block in ("row", "whole"):
        W_hat = calibrate(W, 4, method="percentile", share=0.9, block=block).W_hat
        assert np.abs(W_hat).max() == pytest.approx(c, rel=1e-6)
        np.testing.assert_allclose(W_hat, rounded(np.clip(W, -c, c), 4, block), rtol=1e-6)
    np.testing.assert_array_equal(calibrate(W, 4, method="percentile", share=1).W_hat, rounded(W, 4))


def test_percentile_helps_all_values_but_the_one_that_it_gives_up(rng):
    W = rng.standard_normal((50, 200))
    W[3, 5] = 100
    others = np.ones(W.shape, dtype=bool)
    others[3, 5] = False
    error = {method: calibrate(W, 8, None, method, "whole").W_hat - W for method in ("absmax", "percentile")}
    assert np.linalg.norm(error["percentile"][others]) < np.linalg.norm(error["absmax"][others]) / 10
    assert abs(error["absmax"][3, 5]) < 1e-5 < 90 < abs(error["percentile"][3, 5])


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("block", ["row", "whole", 16])
def test_activation_aware_is_the_best_of_its_grid(W, X, bits, block):
    result = calibrate(W, bits, X, "activation", block)
    flat = X.reshape(-1, 40)
    errors = []
    for i in range(21):
        s = np.abs(flat).mean(axis=0) ** (i / 20)
        errors.append(np.linalg.norm(flat @ (rounded(W * s, bits, block) / s - W).T) / np.linalg.norm(flat @ W.T))
    assert result.output_error == pytest.approx(min(errors), rel=1e-6)
    assert 0 < np.argmin(errors)  # the grid is of use
    assert result.output_error < 0.8 * calibrate(W, bits, X, "absmax", block).output_error


def test_activation_aware_is_never_worse_than_absmax_on_its_inputs(rng):
    for seed in range(20):
        draw = np.random.default_rng(seed)
        W, X = draw.standard_normal((3, 5)), draw.standard_normal((4, 5))
        assert calibrate(W, 4, X, "activation").output_error <= calibrate(W, 4, X).output_error


def test_an_input_that_is_always_zero(W, X):
    X[..., 7] = 0
    result = calibrate(W, 8, X, "activation")
    assert np.isfinite(result.W_hat).all() and result.weight_error < 0.5


def test_a_matrix_of_zeros_and_outputs_of_zero(X):
    result = calibrate(np.zeros((3, 40)), 8, X)
    assert (result.weight_error, result.output_error) == (0, 0)
    W, x = np.array([[1.0, -0.3]]), np.array([[0.3, 1.0]])
    assert calibrate(W, 4, x).output_error == math.inf  # x W^T = 0, x W_hat^T is not
    np.testing.assert_array_equal(calibrate(W, 4, x, "activation").W_hat, rounded(W, 4))  # no s is better


def test_bad_input(W, X):
    for call, message in [
        (lambda: calibrate(W, 3), "bits must be 8 or 4, got 3"),
        (lambda: calibrate(W, 8, X, "best"), "method must be one of absmax, percentile, activation, got 'best'"),
        (lambda: calibrate(W, 8, None, "activation"), "method 'activation' needs X, inputs of the layer"),
        (lambda: calibrate(W, 8, method="percentile", share=99.9), r"share must be in \(0, 1\], got 99.9"),
        (lambda: calibrate(W, 8, X[..., :39]), r"X must be inputs of W \(12, 40\), \(..., 40\), got shape \(3, 30, 39\)"),
        (lambda: calibrate(W, 8, 0 * X), "X is empty, all zeros or not finite"),
        (lambda: calibrate(W, 8, np.nan * X), "X is empty, all zeros or not finite"),
        (lambda: calibrate(W, 8, X + np.array([np.inf] + 39 * [0])), "X is empty, all zeros or not finite"),
        (lambda: calibrate(W, 8, X[:0]), "X is empty, all zeros or not finite"),
        (lambda: calibrate(quantize_absmax(W).codes, 8), "W holds whole numbers"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


@every_method
def test_a_model_there_and_back(small, batches, method):
    model = small(dropout=0.5).train()
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    state = model.rng.bit_generator.state
    table, restore = quantize_model(model, 4, method, batches)
    matrices = [name for name, layer in model.named_layers() if isinstance(layer, Linear) and name != "head"]
    assert [row["name"] for row in table] == matrices and len(matrices) == 12
    for name, p in model.named_parameters():
        assert np.array_equal(p.data, before[name]) != (name.removesuffix(".W") in matrices)
    assert {(row["bits"], row["method"]) for row in table} == {(4, method)}
    assert model.training and model.blocks[0].attn.q.training and model.rng.bit_generator.state == state
    restore()
    assert all(p.data.tobytes() == before[name].tobytes() for name, p in model.named_parameters())


def test_a_model_s_errors_are_measured_on_the_inputs_of_each_layer(small, batches):
    model = small().eval()
    inputs = {}
    for ids, _ in batches:
        model.forward(ids)
        inputs.setdefault("blocks.1.mlp.up", []).append(model.blocks[1].norm2.forward(_into(model.blocks[1], model, ids)))
    X = np.concatenate(inputs["blocks.1.mlp.up"])
    expected = calibrate(model.blocks[1].mlp.up.W.data, 8, X, "activation")
    table, _ = quantize_model(model, 8, "activation", batches)
    (row,) = [row for row in table if row["name"] == "blocks.1.mlp.up"]
    assert row["output_error"] == pytest.approx(expected.output_error, rel=1e-9)
    np.testing.assert_allclose(model.blocks[1].mlp.up.W.data, expected.W_hat, rtol=1e-9)


def _into(block, model, ids):
    """x after a block's attention, by hand."""
    x = model.embed.forward(ids) + model.position.forward(np.arange(ids.shape[1]))
    for other in model.blocks[: model.blocks.index(block)]:
        x = other.forward(x)
    return x + block.attn.forward(block.norm1.forward(x))


def test_without_batches_there_is_no_output_error(small):
    table, _ = quantize_model(small(), 8)
    assert {row["output_error"] for row in table} == {None}
    assert all(0 < row["weight_error"] < 0.01 for row in table)


def test_a_forward_from_before_is_forgotten(small, batches):
    model = small()
    model.forward(batches[0][0])
    quantize_model(model, 8)
    with pytest.raises(RuntimeError, match="needs a forward before it"):
        model.blocks[0].mlp.up.backward(np.ones((2, 5, 9)))


def test_a_model_is_refused_before_anything_changes(small, batches):
    model = small()
    quantize_linear(model.blocks[1].mlp.up)
    with pytest.raises(ValueError, match=r"^blocks.1.mlp.up.W is quantised already: call dequantize_linear on the layer first"):
        quantize_model(model, 8)
    model = small()
    model.blocks[1].mlp.up.original_W = model.blocks[1].mlp.up.W
    with pytest.raises(ValueError, match=r"^adapters have put something into blocks.1.mlp.up.W: unmerge or remove them first"):
        quantize_model(model, 8)
    model = small()
    model.blocks[1].mlp.up.W.data[0, 0] = np.nan
    before = model.blocks[0].attn.q.W.data.copy()
    with pytest.raises(ValueError, match="W holds NaN"):
        quantize_model(model, 8)
    assert np.array_equal(model.blocks[0].attn.q.W.data, before)


def test_on_a_device_array(strict, run_on, rng, W, X):
    def there():
        results = [calibrate(backend.asarray(W), 4, backend.asarray(X), method) for method in METHODS]
        return [r.W_hat for r in results], [r[1:] for r in results]

    (expected, numbers), (got, numbers_there) = run_on(np, there), run_on(strict, there)
    np.testing.assert_allclose(numbers_there, numbers, rtol=1e-9)
    for one, two in zip(expected, got, strict=True):
        np.testing.assert_allclose(backend.asnumpy(two), one, rtol=1e-9)
