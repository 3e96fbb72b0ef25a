"""The 4-bit linear map: it is the linear map of the dequantised matrix, which is never kept."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.ops import linear_backward, linear_forward, quantized_linear, quantized_linear_backward, quantized_linear_forward
from minilora.quantize import dequantize_nf4, quantize_nf4

rng = np.random.default_rng(0)
n_in, n_out, block = 150, 11, 64
x, W, b, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (n_out, n_in), (n_out,), (2, 3, n_out)))
nf4 = quantize_nf4(W, block, double=False)
codes, scales, W_hat = nf4.codes, nf4.scales.astype("float64"), dequantize_nf4(nf4)


@pytest.mark.parametrize("bias", [b, None], ids=["b", "no b"])
def test_it_is_the_linear_map_of_the_dequantised_matrix(bias):
    y, cache = quantized_linear_forward(x, codes, scales, None, bias, block=block)
    y_full, cache_full = linear_forward(x, W_hat, bias)
    np.testing.assert_array_equal(y, y_full)
    dx, _, doffsets, db = quantized_linear_backward(dy, cache)
    dx_full, _, db_full = linear_backward(dy, cache_full)
    np.testing.assert_array_equal(dx, dx_full)
    assert doffsets is None
    assert db is None if bias is None else np.array_equal(db, db_full)


def test_dscales_is_the_chain_rule_through_the_full_gradient():
    """W_hat is linear in the scales: its derivative by a scale is W_hat of that scale 1 and the others 0."""
    dscales = quantized_linear_backward(dy, quantized_linear_forward(x, codes, scales, None, b, block=block)[1])[1]
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
    _, cache = quantized_linear_forward(x[:1, :1], codes, scales, None, b, block=block)
    assert max(a.size for a in arrays_in(cache)) == codes.size == n_out * n_in // 2
    for a in arrays_in(cache):
        assert a.base is None or a.base.size < W.size


def test_the_bias_alone_makes_no_matrix(monkeypatch):
    _, cache = quantized_linear_forward(x, codes, scales, None, b, block=block)
    for name in ("dequantized_parts", "code_levels"):
        monkeypatch.setattr(f"minilora.ops.quantized_linear.{name}", None)  # it would be called
    assert np.array_equal(quantized_linear_backward(dy, cache, {"b"})[3], dy.sum(axis=(0, 1)))


FORMS = {  # codes, levels: what each code stands for, told apart from how they are packed
    "8 bits": (rng.integers(-128, 128, (n_out, n_in), "i1"), None),
    "even levels": (rng.integers(0, 256, (n_out, n_in // 2), "u1"), tuple(range(-8, 8))),
    "levels of any kind": (rng.integers(0, 256, (n_out, n_in // 2), "u1"), tuple(rng.standard_normal(16).tolist())),
}
offsets = rng.standard_normal((n_out, 3))


def whole(codes, levels, scales, offsets):
    """W_hat, one value after the other."""
    W = np.empty((n_out, n_in))
    for o in range(n_out):
        for i in range(n_in):
            code = int(codes[o, i]) if levels is None else (int(codes[o, i // 2]) >> (0 if i % 2 else 4)) & 15
            W[o, i] = scales[o, i // block] * (code if levels is None else levels[code])
            W[o, i] += 0 if offsets is None else offsets[o, i // block]
    return W


@pytest.mark.parametrize("with_offsets", [True, False], ids=["offsets", "no offsets"])
@pytest.mark.parametrize("part", [1 << 20, 400], ids=["in one", "two rows at a time"])
@pytest.mark.parametrize(("codes", "levels"), FORMS.values(), ids=FORMS)
def test_every_form(codes, levels, part, with_offsets, monkeypatch):
    monkeypatch.setattr("minilora.ops.quantized_linear.PART", part)
    shifts = offsets if with_offsets else None
    y, cache = quantized_linear_forward(x, codes, scales, shifts, b, levels, block)
    full, cache_full = linear_forward(x, whole(codes, levels, scales, shifts), b)
    np.testing.assert_allclose(y, full, rtol=1e-12, atol=1e-12)
    dx, dscales, doffsets, db = quantized_linear_backward(dy, cache)
    dx_full, dW, db_full = linear_backward(dy, cache_full)
    np.testing.assert_allclose(dx, dx_full, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(db, db_full)
    assert dscales.shape == scales.shape
    parts = (slice(0, 64), slice(64, 128), slice(128, 150))
    if with_offsets:
        np.testing.assert_allclose(doffsets, np.stack([dW[:, part].sum(axis=1) for part in parts], axis=1), rtol=1e-10)
    else:
        assert doffsets is None


def test_the_gradients_of_codes_of_8_bits():
    inputs = {"x": x, "codes": FORMS["8 bits"][0], "scales": scales, "offsets": offsets, "b": b}
    report = check(quantized_linear_forward, quantized_linear_backward, inputs, {"levels": None, "block": block})
    assert report.ok, str(report)


def test_scales_of_16_bits_do_not_make_the_result_one_of_16_bits():
    codes, levels = FORMS["even levels"]
    small, shifts = scales.astype("float16"), offsets.astype("float16")
    y, cache = quantized_linear_forward(x.astype("float32"), codes, small, shifts, None, levels, block)
    expected = x @ whole(codes, levels, small.astype("float64"), shifts.astype("float64")).T
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    assert {g.dtype.name for g in (y, *quantized_linear_backward(dy.astype("float32"), cache)[:3])} == {"float32"}


def test_the_whole_matrix_never_stands(monkeypatch):
    codes, levels = FORMS["8 bits"]
    monkeypatch.setattr("minilora.ops.quantized_linear.PART", 400)
    made, rows = quantized_linear.dequantize_blocks, []
    monkeypatch.setattr(quantized_linear, "dequantize_blocks", lambda codes, *a: rows.append(len(codes)) or made(codes, *a))
    _, cache = quantized_linear_forward(x, codes, scales, offsets, b, levels, block)
    quantized_linear_backward(dy, cache, {"x", "b"})
    assert rows == 2 * [2, 2, 2, 2, 2, 1]
