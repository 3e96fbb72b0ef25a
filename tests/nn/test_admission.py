"""What the Transformer refuses at its door, and that a backward needs its own forward."""

import numpy as np
import pytest

from minilora.nn import Transformer, TransformerConfig


@pytest.mark.parametrize("dtype", [int, "uint8", "int16"])
def test_ids_of_any_integer_type(small, batch, dtype):
    ids, targets, _ = batch
    model = small("tiny-gpt", d_model=80, d_head=40)
    expected = model.loss(ids, targets)
    model.backward()
    gradient = model.embed.W.grad.copy()
    model.zero_grad()
    assert model.loss(ids.astype(dtype), targets.astype("int16")) == expected
    model.backward()
    assert np.array_equal(model.embed.W.grad, gradient)


REFUSED_IDS = {
    r"^the sequence has 6 tokens, the block takes 1 to 5: shorten the text$": np.zeros((2, 6), dtype=int),
    r"^the sequence has 0 tokens, the block takes 1 to 5": np.zeros((2, 0), dtype=int),
    r"^token id 7 is outside the vocabulary, 0 to 6$": np.array([[0, 7]]),
    r"^token id -1 is outside the vocabulary, 0 to 6$": np.array([[0, -1]]),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got int64 of shape \(3,\)$": np.array([0, 1, 2]),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got float64 of shape \(2, 3\)$": np.zeros((2, 3)),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got float64 of shape \(2, 3, 5\)$": np.zeros((2, 3, 5)),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got float64 of shape \(2, 3, 1\)$": np.zeros((2, 3, 1)),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got int64 of shape \(2, 3, 6\)$": np.zeros((2, 3, 6), dtype=int),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got bool of shape \(2, 3\)$": np.zeros((2, 3), dtype=bool),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got <U1 of shape \(1, 2\)$": np.array([["a", "b"]]),
    r"^ids must be integers \(N, T\) or floats \(N, T, C=6\), got int64 of shape \(0, 3\)$": np.zeros((0, 3), dtype=int),
}


@pytest.mark.parametrize("message", REFUSED_IDS)
def test_ids_that_cannot_be(small, message):
    with pytest.raises(ValueError, match=message):
        small("tiny-gpt").forward(REFUSED_IDS[message])


def test_masks_targets_and_types_that_cannot_be(small, batch):
    ids, targets, mask = batch
    gpt, bert, classifier = small("tiny-gpt"), small("tiny-bert"), small("tiny-gpt", n_classes=3)
    refused = {
        r"^mask must have the shape \(2, 4\) of ids, got \(2, 3\)$": lambda: gpt.forward(ids, mask[:, :3]),
        r"^mask must have the shape \(2, 4\) of ids, got \(4,\)$": lambda: gpt.forward(ids, mask[0]),
        r"^targets must have the shape \(2, 4\), got \(2, 3\)$": lambda: gpt.loss(ids, targets[:, :3]),
        r"^targets must have the shape \(2,\), got \(2, 4\)$": lambda: classifier.loss(ids, targets),
        r"^targets must be integers, got float64$": lambda: gpt.loss(ids, targets.astype(float)),
        r"^target 7 is outside the classes, 0 to 6$": lambda: gpt.loss(ids, np.where(targets == 6, 7, targets)),
        r"^target -1 is outside the classes, 0 to 6$": lambda: gpt.loss(ids, np.full((2, 4), -1)),
        r"^target 3 is outside the classes, 0 to 2$": lambda: classifier.loss(ids, np.array([0, 3])),
        r"^targets are all ignore_index=-100": lambda: gpt.loss(ids, np.full((2, 4), -100)),
        r"^token type 2 is outside those of the model, 0 to 1$": lambda: bert.forward(ids, token_types=ids % 3),
        r"^token type -1 is outside those of the model, 0 to 1$": lambda: bert.forward(ids, token_types=-np.ones_like(ids)),
        r"^token_types must have the shape \(2, 4\) of ids, got \(4,\)$": lambda: bert.forward(ids, token_types=ids[0] % 2),
        r"^token_types were given, but the model has none: n_token_types is 0$": lambda: gpt.forward(ids, token_types=ids % 2),
    }
    for message, call in refused.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_a_refused_batch_leaves_no_loss_behind(small, batch):
    ids, targets, _ = batch
    model = small("tiny-gpt")
    model.loss(ids, targets)
    with pytest.raises(ValueError):
        model.loss(ids, targets + 7)
    with pytest.raises(RuntimeError):
        model.backward()


def test_backward_needs_a_loss_or_dlogits_and_consumes_it(small, batch):
    ids, targets, _ = batch
    model = small("tiny-gpt")
    with pytest.raises(RuntimeError, match=r"^backward\(\) needs loss\(\) before it, or the gradient of the logits"):
        model.backward()
    model.loss(ids, targets)
    model.backward()
    with pytest.raises(RuntimeError, match=r"^backward\(\) needs loss\(\)"):
        model.backward()
    logits = model.forward(ids)
    with pytest.raises(RuntimeError, match=r"^backward\(\) needs loss\(\)"):
        model.backward()
    model.backward(np.ones_like(logits))
    with pytest.raises(RuntimeError, match="each backward consumes one"):
        model.backward(np.ones_like(logits))
    model.loss(ids, targets)
    model.backward(np.ones_like(logits))
    with pytest.raises(RuntimeError):
        model.backward()


@pytest.mark.parametrize("shape", [(7,), (2, 4), (2, 4, 6), (1, 4, 7), (8, 7)])
def test_dlogits_of_another_shape_are_refused(small, batch, shape):
    model = small("tiny-gpt")
    model.forward(batch[0])
    with pytest.raises(ValueError, match=r"^dlogits must have the shape \(2, 4, 7\) of the logits, got "):
        model.backward(np.ones(shape))


def test_gradients_add_up_over_batches(small, batch):
    ids, targets, _ = batch
    model = small("tiny-gpt")
    parts = []
    for rows in (slice(0, 1), slice(1, 2)):
        model.zero_grad()
        model.loss(ids[rows], targets[rows])
        model.backward()
        parts.append([p.grad.copy() for p in model.parameters()])
    model.zero_grad()
    for rows in (slice(0, 1), slice(1, 2)):
        model.loss(ids[rows], targets[rows])
        model.backward()
    for p, one, two in zip(model.parameters(), *parts, strict=True):
        np.testing.assert_allclose(p.grad, one + two, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_a_mask_is_no_numbers_to_add(small, batch, dtype):
    """Additive masks mean the opposite: 0 is seen, -1e4 is hidden."""
    with pytest.raises(ValueError, match=rf"^mask must be booleans, True where a token is real, or 0 and 1; got {dtype}$"):
        small("tiny-gpt").forward(batch[0], np.zeros((2, 4), dtype=dtype))


@pytest.mark.parametrize("dtype", [int, "uint8", "int8"])
def test_a_mask_of_zeros_and_ones(small, batch, dtype):
    ids, _, mask = batch
    model = small("tiny-gpt")
    assert np.array_equal(model.forward(ids, mask.astype(dtype)), model.forward(ids, mask))


@pytest.mark.parametrize("dtype", ["int32", "float16", "floaty", None, float])
def test_the_dtype_of_a_model(dtype):
    config = TransformerConfig.preset("tiny-gpt", vocab_size=7)
    with pytest.raises(ValueError, match="^dtype must be 'float32' or 'float64', got "):
        Transformer(config, dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("float32")])
def test_vectors_are_taken_in_the_dtype_of_the_model(dtype):
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=7), dtype=dtype)
    x = np.random.default_rng(0).standard_normal((2, 5, 128))
    logits = model.forward(x)
    dx = model.backward(np.ones(logits.shape))
    assert logits.dtype == dx.dtype == model.embed.W.data.dtype == "float32"
    assert np.array_equal(logits, model.forward(x.astype("float32")))
