"""A matrix held in 4 bits: it computes as its dequantised values, stays frozen, and keeps its values when they are assigned."""

import numpy as np
import pytest

from minilora import backend
from minilora.gradcheck import check_model
from minilora.nn import Linear, Parameter
from minilora.nn.quantized import QuantizedParameter, dequantize_linear, quantize_linear
from minilora.quantize import dequantize_nf4, quantize_nf4
from minilora.training import SGD, load_checkpoint, save_checkpoint

both = pytest.mark.parametrize("double", [False, True], ids=["scales in full", "scales in 8 bits"])


def draw(shape, seed=0, dtype="float32"):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def layer(dtype="float32"):
    linear = Linear(draw((30, 150), dtype=dtype), draw(30, 1, dtype))
    linear.W.name, linear.b.name = "q.W", "q.b"
    return linear


@both
def test_the_values_are_the_dequantised_ones(double):
    linear, W = layer(), layer().W.data
    quantize_linear(linear, double=double)
    nf4 = quantize_nf4(W, double=double)
    assert np.array_equal(linear.W.data, dequantize_nf4(nf4))
    assert linear.W.nbytes == nf4.nbytes < W.nbytes / 6
    assert (linear.W.name, linear.W.decay, linear.W.trainable, linear.W.grad) == ("q.W", True, False, None)
    assert isinstance(linear.W, Parameter)
    assert repr(linear.W).startswith("QuantizedParameter('q.W', shape (30, 150), 4.")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_layer_computes_what_one_of_the_dequantised_values_does_and_keeps_no_matrix(dtype):
    x, dy = draw((2, 3, 150), 2, dtype), draw((2, 3, 30), 3, dtype)
    results = []
    for kept_in_4_bits in (True, False):
        linear = layer(dtype)
        quantize_linear(linear)
        if not kept_in_4_bits:
            dequantize_linear(linear)
        y = linear.forward(x)
        assert (30 * 150 in sizes_in(linear._cache)) != kept_in_4_bits
        dx = linear.backward(dy)
        assert y.dtype == dx.dtype == dtype
        results.append((y, dx, linear.b.grad))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


def sizes_in(value):
    if isinstance(value, (tuple, list)):
        return [size for item in value for size in sizes_in(item)]
    return [value.size] if isinstance(value, np.ndarray) else []


def test_the_gradients_around_it(small, batch):
    model = small()
    for name, linear in model.named_layers():
        if isinstance(linear, Linear) and name != "head":
            quantize_linear(linear, block=4)
    no_gradient = [f"blocks.{i}.attn.k.b" for i in range(2)]  # the softmax takes it away
    report = check_model(model, *batch, zero=no_gradient)
    assert report.ok, str(report)


@both
def test_its_own_values_come_back_bit_for_bit(double):
    """What p.data gives is what p.data takes; a double quantisation afresh would not do that."""
    p = QuantizedParameter(quantize_nf4(draw((30, 150)), double=double))
    values, bits = p.data, p.nf4.bits_per_value
    p.data = values
    assert p.data.tobytes() == values.tobytes()
    assert p.nf4.bits_per_value == bits
    if double:
        assert not np.array_equal(dequantize_nf4(quantize_nf4(values)), values)


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_values_of_another_come_over_bit_for_bit(double, dtype):
    values = QuantizedParameter(quantize_nf4(draw((30, 150), 5, dtype), double=double)).data
    p = QuantizedParameter(quantize_nf4(draw((30, 150), 6, dtype), double=double))
    p.data = values
    assert p.data.tobytes() == values.tobytes() and p.data.dtype == dtype
    assert not p.nf4.double


@both
def test_other_values_are_quantised_as_before(double):
    W = draw((30, 150), 7)
    p = QuantizedParameter(quantize_nf4(draw((30, 150)), 32, double))
    p.data = W
    assert np.array_equal(p.data, dequantize_nf4(quantize_nf4(W, 32, double)))
    assert (p.nf4.double, p.block) == (double, 32)
    p.data = W[::-1].astype("float64")
    assert np.array_equal(p.data, dequantize_nf4(quantize_nf4(W[::-1], 32, double))) and p.data.dtype == "float32"


def test_a_checkpoint_brings_the_values_back(tmp_path, small):
    def quantized(seed):
        model = small(rng=seed, dtype="float32")
        for _, linear in model.named_layers():
            if isinstance(linear, Linear) and linear.W is not model.embed.W:
                linear.W.data = draw(linear.W.data.shape, seed)
                quantize_linear(linear, block=4)
        return model

    saved, other = quantized(1), quantized(2)
    save_checkpoint(tmp_path, saved)
    before = {name: p.data for name, p in saved.named_parameters()}
    for model in (saved, other):
        load_checkpoint(tmp_path, model)
        assert {name: p.data.tobytes() for name, p in model.named_parameters()} == {k: a.tobytes() for k, a in before.items()}
    assert saved.blocks[0].attn.q.W.nf4.double


def test_it_is_frozen_for_good():
    linear = layer()
    quantize_linear(linear)
    linear.W.trainable = False
    linear.W.accumulate(draw((30, 150)))
    linear.zero_grad()
    assert linear.W.grad is None
    with pytest.raises(ValueError, match=r"^q.W is held in 4 bits and cannot be trained: train an adapter beside it, or call"):
        linear.W.trainable = True
    with pytest.raises(ValueError, match="q.W.data has shape \\(30, 150\\), got \\(30, 151\\)"):
        linear.W.data = draw((30, 151))


def test_an_optimizer_skips_it_and_one_from_before_refuses_to_step():
    linear = layer()
    before = SGD(linear.parameters(), lr=0.1)
    linear.forward(draw((2, 150)))
    quantize_linear(linear)
    with pytest.raises(RuntimeError, match="Linear.backward needs a forward before it"):
        linear.backward(draw((2, 30)))
    with pytest.raises(RuntimeError, match="'q.W' was taken out of its model"):
        before.step()
    after, values = SGD(linear.parameters(), lr=0.1), linear.W.data
    assert [p.name for p in after.parameters] == ["q.b"]
    linear.forward(draw((2, 150)))
    linear.backward(draw((2, 30)))
    after.step()
    assert np.array_equal(linear.W.data, values)


def test_there_and_back():
    linear = layer()
    quantize_linear(linear)
    quantized, values = linear.W, linear.W.data
    dequantize_linear(linear)
    assert type(linear.W) is Parameter and not linear.W.trainable and linear.W.name == "q.W"
    assert np.array_equal(linear.W.data, values)
    assert quantized.detached and not linear.W.detached


def test_what_is_refused():
    linear = layer()
    with pytest.raises(ValueError, match="^q.W is not quantised, so there is nothing to dequantise"):
        dequantize_linear(linear)
    with pytest.raises(ValueError, match="^q.W is shared with another layer, which would keep it in full: quantise other layers"):
        quantize_linear(linear, tied=True)
    linear.original_W = linear.W
    with pytest.raises(ValueError, match="^adapters have put something into q.W: unmerge or remove them before quantising it"):
        quantize_linear(linear)
    assert type(linear.W) is Parameter
    linear.original_W = None
    quantize_linear(linear)
    with pytest.raises(ValueError, match="^q.W is quantised already, 4.174 bits a value: leave it as it is"):
        quantize_linear(linear)
    linear.original_W = linear.W
    with pytest.raises(ValueError, match="unmerge or remove them before dequantising it"):
        dequantize_linear(linear)
    with pytest.raises(ValueError, match="QuantizedParameter needs an NF4, got ndarray: call quantize_nf4"):
        QuantizedParameter(draw((3, 4)))


def test_on_a_device_array(strict, run_on):
    def there():
        linear = Linear(backend.asarray(draw((30, 150))), backend.asarray(draw(30)))
        quantize_linear(linear)
        linear.W.data = linear.W.data
        linear.W.data = backend.asarray(draw((30, 150), 4))
        y, dx = linear.forward(backend.asarray(draw((2, 150)))), linear.backward(backend.asarray(draw((2, 30))))
        dequantize_linear(linear)
        return linear.W.data, y, dx, linear.b.grad

    for expected, got in zip(run_on(np, there), run_on(strict, there), strict=True):
        assert isinstance(got, strict.ndarray) and got.dtype == expected.dtype
        np.testing.assert_allclose(backend.asnumpy(got), expected, rtol=1e-6)
