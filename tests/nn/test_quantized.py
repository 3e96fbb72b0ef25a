"""A matrix held in 4 bits: it computes as its dequantised values, stays frozen, and keeps its values when they are assigned."""

import numpy as np
import pytest

from minilora import backend
from minilora.gradcheck import check_model
from minilora.nn import Linear, Parameter, dequantize_base, dequantize_linear, quantize_base, quantize_linear
from minilora.nn.quantized import Blocks, QuantizedParameter, hold
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
    values, bits = p.data, p.quantized.bits_per_value
    p.data = values
    assert p.data.tobytes() == values.tobytes()
    assert p.quantized.bits_per_value == bits
    if double:
        assert not np.array_equal(dequantize_nf4(quantize_nf4(values)), values)


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_values_of_another_come_over_bit_for_bit(double, dtype):
    values = QuantizedParameter(quantize_nf4(draw((30, 150), 5, dtype), double=double)).data
    p = QuantizedParameter(quantize_nf4(draw((30, 150), 6, dtype), double=double))
    p.data = values
    assert p.data.tobytes() == values.tobytes() and p.data.dtype == dtype
    assert not p.quantized.double


@both
def test_other_values_are_quantised_as_before(double):
    W = draw((30, 150), 7)
    p = QuantizedParameter(quantize_nf4(draw((30, 150)), 32, double))
    p.data = W
    assert np.array_equal(p.data, dequantize_nf4(quantize_nf4(W, 32, double)))
    assert (p.quantized.double, p.block) == (double, 32)
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
    assert saved.blocks[0].attn.q.W.quantized.double


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
    with pytest.raises(ValueError, match="QuantizedParameter needs an NF4 or Blocks, got ndarray: call quantize_nf4"):
        QuantizedParameter(draw((3, 4)))


def blocks(shape, seed=0, offsets=True, dtype="float32"):
    """Codes of 4 bits in blocks of 4, with scales of 16 bits."""
    rng, (n_out, n_in) = np.random.default_rng(seed), shape
    codes = rng.integers(0, 256, (n_out, -(-n_in // 2)), dtype="uint8")
    scales, shifts = (rng.standard_normal((n_out, -(-n_in // 4))).astype("float16") for _ in range(2))
    return Blocks(codes, scales, shape, np.dtype(dtype), 4, tuple(range(16)), shifts if offsets else None)


def values_of(held):
    """One value after the other."""
    values = np.empty(held.shape)
    for o, i in np.ndindex(held.shape):
        code = held.codes[o, i // 2] % 16 if i % 2 else held.codes[o, i // 2] // 16
        values[o, i] = float(held.scales[o, i // 4]) * code + (0 if held.offsets is None else float(held.offsets[o, i // 4]))
    return values


@pytest.mark.parametrize("offsets", [True, False], ids=["offsets", "no offsets"])
def test_the_blocks_of_a_file(offsets):
    held = blocks((5, 7), offsets=offsets)
    p = QuantizedParameter(held, "q.W")
    np.testing.assert_allclose(p.data, values_of(held), rtol=1e-6)
    np.testing.assert_array_equal(p.rows(np.array([[4, 0], [4, 2]])), p.data[[[4, 0], [4, 2]]])
    assert (p.shape, p.dtype, p.bits, p.data.dtype) == ((5, 7), "float32", 4, "float32")
    assert p.nbytes == held.nbytes == 5 * (4 + 2 * 2 * (1 + offsets))
    before = p.data
    p.data = before
    with pytest.raises(ValueError, match="^q.W is held in the blocks of a file, which take no other values: call deq"):
        p.data = before + 1
    np.testing.assert_array_equal(p.data, before)


def test_a_whole_model_held_and_given_back(small, batch):
    """A tied table is held once for both layers, and comes back as one parameter."""
    model, other = small("tiny-llama"), small("tiny-llama")
    held = {p: blocks(p.shape, i, i % 2, "float64") for i, p in enumerate(model.parameters()) if len(p.shape) == 2}
    values = {p.name: values_of(b) for p, b in held.items()}
    optimizer = SGD(model.parameters(), lr=0.1)
    hold(model, held)
    for name, p in other.named_parameters():
        p.data = values.get(name, p.data)
    assert model.embed.W is model.head.W and isinstance(model.embed.W, QuantizedParameter) and model.dtype == "float64"
    assert model.loss(*batch) == pytest.approx(other.loss(*batch), rel=1e-12)
    model.backward()
    other.backward()
    theirs = dict(other.named_parameters())
    for name, p in model.named_parameters():
        if p.trainable:
            np.testing.assert_allclose(p.grad, theirs[name].grad, rtol=1e-9, atol=1e-12)
    assert dict(model.named_parameters()).keys() == theirs.keys()
    with pytest.raises(RuntimeError, match="was taken out of its model"):
        optimizer.step()
    assert dequantize_base(model) == len(held) + 1
    assert model.embed.W is model.head.W and type(model.embed.W) is Parameter
    for name, p in model.named_parameters():
        np.testing.assert_allclose(p.data, theirs[name].data, rtol=1e-12)
    assert dequantize_base(model) == 0


def test_the_base_of_qlora(small):
    model = small("tiny-bert", n_classes=3)
    before = {name: p.data for name, p in model.named_parameters()}
    quantize_base(model, block=4, double=False)
    for name, p in model.named_parameters():
        in_blocks = name.startswith("blocks.") and name.endswith(".W")
        assert isinstance(p, QuantizedParameter) == in_blocks and p.name == name
        expected = dequantize_nf4(quantize_nf4(before[name], 4, double=False)) if in_blocks else before[name]
        np.testing.assert_array_equal(p.data, expected)


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
