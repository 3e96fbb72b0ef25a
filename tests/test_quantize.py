"""Absmax and NF4: levels, errors and bits against published figures, and every value against a search by brute force."""

import math

import numpy as np
import pytest
import scipy.special

from minilora import backend
from minilora.quantize import (
    NF4_LEVELS,
    cut,
    dequantize_absmax,
    dequantize_nf4,
    pack,
    quantize_absmax,
    quantize_nf4,
    spread,
    unpack,
)

SHAPES = [(7,), (1, 1), (5, 64), (3, 130), (4, 63), (2, 3, 65), (6, 1)]
PUBLISHED = [-1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0.0]
PUBLISHED += [0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0]  # the paper's appendix E
LOSSLESS = {  # there and back, with all scales in full
    "nf4": lambda W, block: dequantize_nf4(quantize_nf4(W, block, double=False)),
    "absmax 4": lambda W, block: dequantize_absmax(quantize_absmax(W, 4, block)),
    "absmax 8": lambda W, block: dequantize_absmax(quantize_absmax(W, 8, block)),
}
LEVELS = {
    "nf4": np.array(NF4_LEVELS),
    "absmax 4": np.arange(-7, 8) / 7,
    "absmax 8": np.arange(-127, 128) / 127,
}
every_method = pytest.mark.parametrize("method", LOSSLESS)


def draw(shape, dtype="float64", seed=0):
    """Rows of very different sizes, so that a scale of the wrong block shows."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(shape) * np.exp(rng.standard_normal((*shape[:-1], 1)))).astype(dtype)


def by_brute_force(W, levels, block):
    """Row by row, block by block, value by value."""
    W_hat = np.empty_like(W)
    for row, row_hat in zip(W.reshape(-1, W.shape[-1]), W_hat.reshape(-1, W.shape[-1]), strict=True):
        for start in range(0, len(row), block):
            values = row[start : start + block]
            a = float(np.float32(np.abs(values).max()))
            row_hat[start : start + block] = [a * levels[np.abs(w / a - levels).argmin()] for w in values]
    return W_hat


def test_the_levels_of_NF4_are_the_published_ones():
    np.testing.assert_allclose(NF4_LEVELS, PUBLISHED, rtol=0, atol=1e-6)
    assert (NF4_LEVELS[0], NF4_LEVELS[7], NF4_LEVELS[15]) == (-1, 0, 1)


def test_the_levels_of_NF4_are_normal_quantiles():
    last = np.mean([1 - 1 / 30, 1 - 1 / 32])
    assert last == pytest.approx(0.9677083, abs=5e-8)
    above = scipy.special.ndtri(np.linspace(0.5, last, 9))
    below = scipy.special.ndtri(np.linspace(0.5, last, 8))
    np.testing.assert_allclose(NF4_LEVELS, [*(-below / below[-1])[:0:-1], *(above / above[-1])], rtol=1e-12)


def min_max(X):
    """16 even steps from the least value of a row to the largest: two constants a block."""
    low, step = X.min(axis=1, keepdims=True), np.ptp(X, axis=1, keepdims=True) / 15
    return low + step * np.rint((X - low) / step)


@pytest.mark.parametrize(
    ("round_trip", "published"),
    [(LOSSLESS["nf4"], 0.0920), (LOSSLESS["absmax 4"], 0.1076), (lambda X, block: min_max(X), 0.0896)],
    ids=["nf4", "absmax 4", "min-max"],
)
def test_error_on_normal_values_in_blocks_of_64(round_trip, published):
    """The tolerance: half a unit of the last published digit, and four standard errors of the sample of 30,000 blocks."""
    X = np.random.default_rng(0).standard_normal((30_000, 64))
    squared = np.square(round_trip(X, 64) - X).mean(axis=1)
    rmse = math.sqrt(squared.mean())
    standard_error = squared.std() / math.sqrt(len(squared)) / (2 * rmse)
    assert standard_error < 2e-4
    assert rmse == pytest.approx(published, abs=5e-5 + 4 * standard_error)


@every_method
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [64, 5, 1])
def test_every_value_goes_to_the_nearest_level(method, shape, block):
    W = draw(shape)
    np.testing.assert_allclose(LOSSLESS[method](W, block), by_brute_force(W, LEVELS[method], block), rtol=1e-7)


@every_method
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_quantising_again_changes_nothing(method, dtype):
    W = draw((40, 200), dtype)
    W[3, 64:128] = 0
    once = LOSSLESS[method](W, 64)
    assert once.dtype == dtype and once.shape == W.shape
    assert not np.array_equal(once, W)
    assert LOSSLESS[method](once, 64).tobytes() == once.tobytes()


def test_one_scale_a_row_or_one_for_all():
    W = draw((6, 10))
    for block, scale in (("row", np.abs(W).max(axis=1, keepdims=True)), ("whole", np.abs(W).max())):
        quantized = quantize_absmax(W, 8, block)
        np.testing.assert_allclose(dequantize_absmax(quantized), np.rint(W / scale * 127) / 127 * scale, rtol=1e-6)
        assert quantized.scales.size == np.size(scale)
        assert quantized.nbytes == 60 + 4 * np.size(scale)


def test_a_scale_of_its_own_keeps_small_blocks():
    W = draw((6, 128))
    W[:, :64] *= 1e-3
    error = {block: np.linalg.norm((dequantize_absmax(quantize_absmax(W, 4, block)) - W)[:, :64]) for block in (64, "row")}
    assert error[64] < 0.2 * np.linalg.norm(W[:, :64]) < 0.9 * error["row"]


def test_pack_puts_two_in_a_byte():
    codes = np.array([[1, 15, 7], [0, 2, 9]], dtype="uint8")
    assert pack(codes).tolist() == [[0x1F, 0x70], [0x02, 0x90]]
    assert unpack(pack(codes), 3).tolist() == codes.tolist()
    many = np.random.default_rng(0).integers(0, 16, (3, 5, 64), dtype="uint8")
    assert pack(many).nbytes == many.size // 2
    assert np.array_equal(unpack(pack(many), 64), many)


def test_cut_and_spread():
    a = np.arange(1, 11).reshape(2, 5)
    assert cut(a, 3).tolist() == [[[1, 2, 3], [4, 5, 0]], [[6, 7, 8], [9, 10, 0]]]
    assert spread(np.array([[1, 2], [3, 4]]), 3, 5).tolist() == [[1, 1, 1, 2, 2], [3, 3, 3, 4, 4]]


def test_bits_a_value():
    W = draw((256, 1024), "float32")
    assert quantize_absmax(W, 8).bits_per_value == 8.5
    assert quantize_absmax(W, 4).bits_per_value == 4.5
    assert quantize_nf4(W, double=False).bits_per_value == 4.5
    mean = 32 / W.size  # one float32 for the whole matrix
    assert quantize_nf4(W).bits_per_value == 4 + 8 / 64 + 32 / (64 * 256) + mean
    assert quantize_nf4(W).bits_per_value - 4 == pytest.approx(0.127, abs=5e-4)
    quantized = quantize_nf4(W)
    held = [quantized.codes, quantized.scales.codes, quantized.scales.scales]
    assert quantized.nbytes == sum(a.nbytes for a in held) + 4
    assert max(a.size for a in held) == W.size // 2  # nothing of W's size is kept


def test_double_quantisation_is_absmax_of_what_differs_from_the_mean():
    W = draw((40, 1024), "float32")
    a = quantize_nf4(W, double=False).scales
    quantized = quantize_nf4(W)
    flat = a.reshape(-1).astype("float64")  # 640 scales: two whole blocks of 256 and one of 128
    for start in (0, 256, 512):
        part = flat[start : start + 256] - flat.mean()
        step = np.abs(part).max() / 127
        expected = np.maximum(flat.mean() + step * np.rint(part / step), 0)
        got = quantized.a.reshape(-1)[start : start + 256]
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)
        assert np.abs(got - flat[start : start + 256]).max() <= step / 2 * (1 + 1e-4)
    assert np.array_equal(quantized.codes, quantize_nf4(W, double=False).codes)
    level = np.array(NF4_LEVELS, dtype="float32")[unpack(quantized.codes, 1024)]
    np.testing.assert_allclose(dequantize_nf4(quantized), spread(quantized.a, 64, 1024) * level, rtol=1e-6)


def test_double_quantisation_never_turns_a_sign_and_keeps_zeros():
    W = draw((300, 64), "float32")
    W[::7] *= 1e-4  # scales that are far below the step in which they are held
    W[::11] = 0
    quantized = quantize_nf4(W)
    W_hat = dequantize_nf4(quantized)
    assert (quantized.a >= 0).all() and (quantized.a[::7] == 0).any()
    assert (W_hat * W >= 0).all()
    assert not W_hat[::11].any()
    assert not np.signbit(W_hat[W_hat == 0]).any()
    assert dequantize_nf4(quantize_nf4(W_hat, double=False)).tobytes() == W_hat.tobytes()


@pytest.mark.parametrize("double", [False, True])
def test_all_zeros(double):
    assert not dequantize_nf4(quantize_nf4(np.zeros((3, 70)), double=double)).any()
    assert not dequantize_absmax(quantize_absmax(np.zeros((3, 70)), 8)).any()


def test_nothing_given_is_changed():
    W = draw((6, 130))
    W.flags.writeable = False
    for quantized in (quantize_nf4(W), quantize_absmax(W, 4), quantize_absmax(W, 8, "whole")):
        assert not any(np.may_share_memory(a, W) for a in (quantized.codes, quantized.scales) if isinstance(a, np.ndarray))


def test_a_factor_scales_the_values_and_leaves_the_codes():
    W = draw((6, 130))
    assert np.array_equal(quantize_nf4(8 * W).codes, quantize_nf4(W).codes)
    assert np.array_equal(dequantize_nf4(quantize_nf4(8 * W)), 8 * dequantize_nf4(quantize_nf4(W)))


@pytest.mark.parametrize("quantize", [quantize_absmax, quantize_nf4])
def test_what_is_quantised_already_is_refused(quantize):
    W = draw((6, 130))
    for quantized in (quantize_nf4(W), quantize_absmax(W)):
        with pytest.raises(ValueError, match="^W is quantised already, as (NF4|Absmax): take it as it is, or"):
            quantize(quantized)
        with pytest.raises(ValueError, match=r"^W holds whole numbers \(u?int8\), as codes of what is quantised already"):
            quantize(quantized.codes)


@pytest.mark.parametrize("quantize", [quantize_absmax, quantize_nf4])
def test_bad_input(quantize):
    for value in (np.nan, np.inf, -np.inf, 1e39):
        W = draw((6, 130))
        W[2, 3] = value
        with pytest.raises(ValueError, match="W holds NaN, infinity or a value beyond float32"):
            quantize(W)
    for W in (draw((6, 130), "float16"), np.zeros((3, 0)), np.array(1.0), np.ones((2, 2), dtype=bool)):
        with pytest.raises(ValueError, match="W must be a float32 or float64 array that is not empty, got"):
            quantize(W)
    for block in (0, -1, 2.0, True, "rows", None):
        with pytest.raises(ValueError, match="block must be a whole number of at least 1"):
            quantize(draw((6, 130)), block=block)
    with pytest.raises(TypeError, match="expected an array"):
        quantize([[1.0]])


def test_other_bits_are_refused():
    with pytest.raises(ValueError, match="bits must be 8 or 4, got 3"):
        quantize_absmax(draw((2, 2)), 3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_on_a_device_array(strict, run_on, dtype):
    def all_of_them():
        W = backend.asarray(draw((6, 700), dtype))
        W[:, 3:70] = W[:, 3:70] * 1e-6
        yield from (dequantize_nf4(quantize_nf4(W, double=double)) for double in (False, True))
        yield from (dequantize_absmax(quantize_absmax(W, bits, block)) for bits in (4, 8) for block in (64, "row", "whole"))

    for expected, got in zip(run_on(np, lambda: list(all_of_them())), run_on(strict, lambda: list(all_of_them())), strict=True):
        assert isinstance(got, strict.ndarray) and got.dtype == dtype
        assert np.array_equal(backend.asnumpy(got), expected)
