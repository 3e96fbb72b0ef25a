"""The gradients of whole models against numeric ones, in float64: every parameter, every entry."""

import numpy as np
import pytest

from minilora.gradcheck import Cause, check, check_model

UNSEEN = ("attn.k.b",)  # adds one number to all scores of a query, which softmax does not see; rope turns it key by key
TYPES = np.array([[0, 1, 1, 0], [1, 0, 0, 0]])

MODELS = {
    "gpt": ("tiny-gpt", {}, UNSEEN),
    "llama": ("tiny-llama", {}, ()),
    "bert": ("tiny-bert", {}, UNSEEN),
    "gpt, q k v in one": ("tiny-gpt", {"fused_qkv": True, "n_layers": 1}, ()),
    "llama, q k v in one, grouped": ("tiny-llama", {"fused_qkv": True, "n_layers": 1}, ()),
    "llama, every bias, neighbours turned, untied": (
        "tiny-llama",
        {"attn_bias": True, "mlp_bias": True, "rope_interleaved": True, "tied": False, "n_layers": 1},
        (),
    ),
    "gpt, relu, untied, no bias": ("tiny-gpt", {"mlp": "relu", "tied": False, "attn_bias": False, "mlp_bias": False}, ()),
    "gpt, normed embeddings": ("tiny-gpt", {"embed_norm": True, "norm": "rmsnorm", "n_layers": 1}, UNSEEN),
    "post-norm and causal, with rope": ("tiny-gpt", {"norm_first": False, "position": "rope", "n_layers": 1}, ()),
}


@pytest.mark.parametrize("masked", [False, True], ids=["all seen", "padding"])
@pytest.mark.parametrize("model", MODELS)
def test_every_parameter(small, batch, model, masked):
    preset, fields, zero = MODELS[model]
    if masked and "n_layers" not in fields:
        fields = fields | {"n_layers": 1}
    ids, targets, mask = batch
    model = small(preset, **fields)
    more = (mask if masked else None, TYPES if model.token_types else None)
    report = check_model(model, ids, targets, *more, rtol=1e-6, zero=zero)
    assert report.ok, str(report)


def test_the_key_bias_is_the_only_gradient_that_is_zero(small, batch):
    """Not named, it is reported; named, it passes; and it is zero, not small."""
    ids, targets, _ = batch
    model = small("tiny-gpt", n_layers=1)
    report = check_model(model, ids, targets)
    assert [(f.cause, f.input) for f in report.findings] == [(Cause.DEAD_PARAMETER, "blocks.0.attn.k.b")]
    model.loss(ids, targets)
    model.backward()
    dead = [name for name, p in model.named_parameters() if np.abs(p.grad).max() < 1e-14]
    assert dead == ["blocks.0.attn.k.b"]


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-bert"])
@pytest.mark.parametrize("pool", ["last", "cls", "mean"])
def test_classifiers(small, batch, preset, pool):
    ids, _, mask = batch
    model = small(preset, n_classes=3, pool=pool, n_layers=1)
    sees_itself_alone = preset == "tiny-gpt" and pool == "cls"  # the first token of a causal model: no score matters
    report = check_model(model, ids, np.array([2, 0]), mask, zero=("*.attn.[qk].*",) if sees_itself_alone else UNSEEN)
    assert report.ok, str(report)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama", "tiny-bert"])
def test_dropout_uses_the_masks_of_forward(reseeded, small, batch, preset):
    ids, targets, _ = batch
    model = small(preset, dropout=0.3, n_layers=1)
    plain = model.eval().loss(ids, targets)
    assert model.train().loss(ids, targets) != plain
    report = check_model(reseeded(model), ids, targets, zero=UNSEEN if preset != "tiny-llama" else ())
    assert report.ok, str(report)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama", "tiny-bert"])
def test_vectors_in_the_place_of_ids_get_a_gradient(small, batch, preset):
    _, targets, mask = batch
    model = small(preset, n_layers=1)
    x = np.random.default_rng(3).standard_normal((2, 4, 6))

    def backward(dlogits, _):
        return model.backward(dlogits)

    report = check(lambda x: (model.forward(x, mask), None), backward, {"x": x})
    assert report.ok, str(report)
    loss = model.loss(x, targets, mask)
    assert model.backward().shape == x.shape and np.isfinite(loss)
    assert not model.token_types or model.token_types.W.grad.any()


def test_vectors_of_the_ids_give_the_loss_and_gradients_of_the_ids(small, batch):
    ids, targets, mask = batch
    model = small("tiny-gpt", tied=False)
    loss = model.loss(ids, targets, mask)
    assert model.backward() is None
    expected = {name: p.grad.copy() for name, p in model.named_parameters()}
    model.zero_grad()
    assert model.loss(model.embed.W.data[ids], targets, mask) == loss
    dx = model.backward()
    for name, p in model.named_parameters():
        if name == "embed.W":
            assert not p.grad.any()
        else:
            np.testing.assert_allclose(p.grad, expected[name], rtol=1e-12, atol=1e-15)
    dW = np.zeros_like(expected["embed.W"])
    np.add.at(dW, ids, dx)
    np.testing.assert_allclose(dW, expected["embed.W"], rtol=1e-11, atol=1e-15)


def test_the_tied_gradient_is_the_sum_of_both_uses(small, batch):
    ids, targets, _ = batch
    tied, apart = small("tiny-gpt"), small("tiny-gpt", tied=False)
    for name, p in tied.named_parameters():
        dict(apart.named_parameters())[name].data = p.data
    apart.head.W.data = tied.embed.W.data
    assert tied.loss(ids, targets) == apart.loss(ids, targets)
    tied.backward()
    apart.backward()
    assert np.abs(apart.embed.W.grad).max() > 1e-3 and np.abs(apart.head.W.grad).max() > 1e-3
    np.testing.assert_allclose(tied.embed.W.grad, apart.embed.W.grad + apart.head.W.grad, rtol=1e-12, atol=1e-15)


def test_backward_of_ones_own_dlogits(small, batch):
    ids, targets, _ = batch
    model = small("tiny-gpt")
    logits = model.forward(ids)
    P = np.exp(logits - logits.max(axis=-1, keepdims=True))
    P /= P.sum(axis=-1, keepdims=True)
    counts = targets != -100
    dlogits = (P - np.eye(7)[targets * counts]) * counts[..., None] / counts.sum()
    model.backward(dlogits)
    by_hand = {name: p.grad.copy() for name, p in model.named_parameters()}
    model.zero_grad()
    model.loss(ids, targets)
    model.backward()
    for name, p in model.named_parameters():
        np.testing.assert_allclose(p.grad, by_hand[name], rtol=1e-10, atol=1e-15, err_msg=name)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama", "tiny-bert"])
def test_float32_stays_float32_and_is_float64_rounded(small, batch, preset):
    ids, targets, mask = batch
    exact, rounded = small(preset), small(preset, dtype="float32")
    assert rounded.forward(ids, mask).dtype == "float32"
    np.testing.assert_allclose(rounded.loss(ids, targets, mask), exact.loss(ids, targets, mask), rtol=1e-4)
    exact.backward()
    rounded.backward()
    for (name, p), (_, q) in zip(exact.named_parameters(), rounded.named_parameters(), strict=True):
        assert q.grad.dtype == q.data.dtype == "float32"
        np.testing.assert_allclose(q.grad, p.grad, rtol=1e-2, atol=2e-4, err_msg=name)


def test_no_array_of_a_float32_model_is_float64(small, batch):
    """A float64 array anywhere inside doubles the memory and halves the speed, and no result shows it."""
    ids, targets, mask = batch

    def arrays(value):
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (tuple, list)):
            for item in value:
                yield from arrays(item)

    for preset in ("tiny-gpt", "tiny-llama", "tiny-bert"):
        model = small(preset, dtype="float32", dropout=0.3)
        model.loss(ids, targets, mask)
        caches = [(name, a) for name, layer in model.named_layers() for a in arrays(layer._cache)]
        assert len(caches) > 20
        assert [name for name, a in caches if a.dtype == "float64"] == []
