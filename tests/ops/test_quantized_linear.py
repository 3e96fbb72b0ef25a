"""The 4-bit linear map: it is the linear map of the dequantised matrix, which is never kept."""

import numpy as np
import pytest

from minilora.ops import linear_backward, linear_forward, quantized_linear_backward, quantized_linear_forward
from minilora.quantize import dequantize_nf4, quantize_nf4

rng = np.random.default_rng(0)
n_in, n_out, block = 150, 11, 64
x, W, b, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (n_out, n_in), (n_out,), (2, 3, n_out)))
nf4 = quantize_nf4(W, block, double=False)
codes, scales, W_hat = nf4.codes, nf4.scales.astype("float64"), dequantize_nf4(nf4)


@pytest.mark.parametrize("bias", [b, None], ids=["b", "no b"])
def test_it_is_the_linear_map_of_the_dequantised_matrix(bias):
    y, cache = quantized_linear_forward(x, codes, scales, bias, block)
    y_full, cache_full = linear_forward(x, W_hat, bias)
    np.testing.assert_array_equal(y, y_full)
    dx, _, db = quantized_linear_backward(dy, cache)
    dx_full, _, db_full = linear_backward(dy, cache_full)
    np.testing.assert_array_equal(dx, dx_full)
    assert db is None if bias is None else np.array_equal(db, db_full)


def test_dscales_is_the_chain_rule_through_the_full_gradient():
    """W_hat is linear in the scales: its derivative by a scale is W_hat of that scale 1 and the others 0."""
    dscales = quantized_linear_backward(dy, quantized_linear_forward(x, codes, scales, b, block)[1])[1]
    dW_hat = linear_backward(dy, linear_forward(x, W_hat)[1])[1]
    assert dscales.shape == scales.shape == (n_out, 3)
    for o in range(n_out):
        for k, part in enumerate((slice(0, 64), slice(64, 128), slice(128, 150))):
            assert dscales[o, k] == pytest.approx(dW_hat[o, part] @ W_hat[o, part] / scales[o, k], rel=1e-10)


def arrays_in(value):
    if isinstance(value, (tuple, list)):
        return [a for item in value for a in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


def test_no_matrix_is_cached():
    _, cache = quantized_linear_forward(x[:1, :1], codes, scales, b, block)
    assert max(a.size for a in arrays_in(cache)) == codes.size == n_out * n_in // 2
    for a in arrays_in(cache):
        assert a.base is None or a.base.size < W.size


def test_the_bias_alone_makes_no_matrix(monkeypatch):
    _, cache = quantized_linear_forward(x, codes, scales, b, block)
    monkeypatch.setattr("minilora.ops.quantized_linear.nf4_levels", None)  # it would be called
    assert np.array_equal(quantized_linear_backward(dy, cache, {"b"})[2], dy.sum(axis=(0, 1)))
