"""The Transformer: names, what it refuses, what it does not compute, what leaves it as it was, and that it learns."""

import numpy as np
import pytest

from minilora.nn import Transformer, TransformerConfig, generate

BLOCK = [f"{norm}.{leaf}" for norm in ("norm1", "norm2") for leaf in ("gamma", "beta")]
BLOCK += [f"{linear}.{leaf}" for linear in ("attn.q", "attn.k", "attn.v", "attn.o", "mlp.up", "mlp.down") for leaf in "Wb"]
LLAMA = ["norm1.gamma", "norm2.gamma", *(f"{x}.W" for x in "attn.q attn.k attn.v attn.o mlp.gate mlp.up mlp.down".split())]
NAMES = {
    "tiny-gpt": (["embed.W", "position.W", "norm.gamma", "norm.beta"], BLOCK),
    "tiny-llama": (["embed.W", "norm.gamma"], LLAMA),
    "tiny-bert": (["embed.W", "position.W", "token_types.W", "embed_norm.gamma", "embed_norm.beta"], BLOCK),
}


@pytest.mark.parametrize("preset", NAMES)
def test_names(small, preset):
    model = small(preset)
    outside, block = NAMES[preset]
    expected = {*outside, *(f"blocks.{i}.{name}" for i in range(2) for name in block)}
    assert {name for name, _ in model.named_parameters()} == expected
    assert all(p.name == name for name, p in model.named_parameters())
    assert len(model.parameters()) == len({id(p) for p in model.parameters()}) == len(expected)


def test_other_names(small):
    names = [name for name, _ in small("tiny-gpt", fused_qkv=True, tied=False).named_parameters()]
    assert {"head.W", "blocks.1.attn.qkv.W", "blocks.1.attn.qkv.b", "blocks.1.attn.o.W"} <= set(names)
    assert not any(".attn.q." in name for name in names) and "head.b" not in names
    layers = [name for name, _ in small("tiny-gpt").named_layers()]
    assert {"embed", "position", "blocks.0", "blocks.0.attn.q", "blocks.1.mlp.down", "norm", "head"} <= set(layers)
    assert {"head.W", "head.b"} <= {name for name, _ in small("tiny-gpt", n_classes=3).named_parameters()}


def test_a_tied_head_is_the_embedding_and_listed_once(small):
    model = small("tiny-gpt")
    assert model.head.W is model.embed.W and model.head.b is None
    assert [name for name, p in model.named_parameters() if p is model.head.W] == ["embed.W"]
    assert small("tiny-gpt", n_classes=7).head.W is not small("tiny-gpt", n_classes=7).embed.W


def test_shapes(small, batch):
    ids, _, mask = batch
    assert small("tiny-gpt").forward(ids, mask).shape == (2, 4, 7)
    assert small("tiny-gpt", n_classes=3).forward(ids, mask).shape == (2, 3)
    assert small("tiny-gpt").forward(ids.tolist(), mask.tolist()).shape == (2, 4, 7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_loss_is_a_python_float(small, batch, dtype):
    assert type(small("tiny-gpt", dtype=dtype).loss(*batch)) is float


def test_the_seed_decides_the_weights():
    config = TransformerConfig.preset("tiny-gpt", vocab_size=7, block_size=5, n_layers=1, d_model=8, n_heads=2)
    one, same, generator, other = (Transformer(config, rng=rng) for rng in (4, 4, np.random.default_rng(4), 5))
    for p, q, r, s in zip(*(m.parameters() for m in (one, same, generator, other)), strict=True):
        assert np.array_equal(p.data, q.data) and np.array_equal(p.data, r.data)
        assert p.data.dtype == "float32" and (not p.data.std() or not np.array_equal(p.data, s.data))


def test_padding_is_not_seen(small, batch):
    """Whatever stands behind the mask changes no logit of a real token, and gets no gradient through one."""
    ids, targets, mask = batch
    for preset in ("tiny-gpt", "tiny-llama", "tiny-bert"):
        model = small(preset)
        logits = model.forward(ids, mask)
        other = np.where(mask, ids, 1)
        np.testing.assert_allclose(model.forward(other, mask)[mask], logits[mask], rtol=1e-12, atol=1e-12)
        assert np.abs(model.forward(ids)[1] - logits[1]).max() > 1e-6 or preset != "tiny-bert"


def test_causal_models_do_not_see_the_future_and_bert_does(small, batch):
    ids = batch[0]
    changed = ids.copy()
    changed[:, -1] = (ids[:, -1] + 1) % 7
    for preset, blind in (("tiny-gpt", True), ("tiny-llama", True), ("tiny-bert", False)):
        model = small(preset)
        before, after = model.forward(ids)[:, :-1], model.forward(changed)[:, :-1]
        assert np.allclose(before, after, rtol=1e-12) == blind


def test_token_types_default_to_zero_and_count(small, batch):
    ids = batch[0]
    model = small("tiny-bert")
    zeros, ones = np.zeros_like(ids), np.ones_like(ids)
    assert np.array_equal(model.forward(ids), model.forward(ids, token_types=zeros))
    assert not np.allclose(model.forward(ids), model.forward(ids, token_types=ones))


# what is refused at the door


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


# what is not computed


def freeze_all_but(model, *suffixes):
    model.zero_grad()
    for name, p in model.named_parameters():
        p.trainable = name.endswith(suffixes)


def forbid(monkeypatch, *layers):
    """Backward of these layers must not be called."""

    def called(*_):
        raise AssertionError("backward went below the lowest layer that learns")

    for layer in layers:
        monkeypatch.setattr(layer, "backward", called, raising=False)


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-bert"])
@pytest.mark.parametrize("lowest", [0, 1, 2])
def test_backward_stops_after_the_lowest_block_that_learns(small, batch, monkeypatch, preset, lowest):
    ids, targets, mask = batch
    model = small(preset, n_layers=3, tied=False)
    model.loss(ids, targets, mask)
    model.backward()
    name = f"blocks.{lowest}.attn.q.W"
    expected = dict(model.named_parameters())[name].grad.copy()
    freeze_all_but(model, name, "blocks.2.mlp.down.W")
    below = [model.embed, model.position, model.token_types, model.embed_norm, model.drop, *model.blocks[:lowest]]
    forbid(monkeypatch, *filter(None, below))
    model.loss(ids, targets, mask)
    assert model.backward() is None
    for key, p in model.named_parameters():
        assert (p.grad is not None) == (key in (name, "blocks.2.mlp.down.W"))
    assert np.array_equal(dict(model.named_parameters())[name].grad, expected)


@pytest.mark.parametrize("suffix", ["embed.W", "position.W", "token_types.W", "embed_norm.beta"])
def test_backward_goes_down_to_what_learns_below_the_blocks(small, batch, suffix):
    ids, targets, mask = batch
    model = small("tiny-bert", tied=False)
    model.loss(ids, targets, mask)
    model.backward()
    expected = dict(model.named_parameters())[suffix].grad.copy()
    freeze_all_but(model, suffix)
    model.loss(ids, targets, mask)
    model.backward()
    assert expected.any() and np.array_equal(dict(model.named_parameters())[suffix].grad, expected)


def test_vectors_get_their_gradient_where_all_is_frozen(small, batch):
    model = small("tiny-gpt")
    x = np.random.default_rng(0).standard_normal((2, 4, 6))
    dlogits = np.random.default_rng(1).standard_normal((2, 4, 7))
    model.forward(x)
    expected = model.backward(dlogits)
    freeze_all_but(model, "nothing")
    model.forward(x)
    assert np.array_equal(model.backward(dlogits), expected)
    assert all(p.grad is None for p in model.parameters())


def test_a_classifier_head_alone_reaches_no_block(small, batch, monkeypatch):
    ids, _, mask = batch
    model = small("tiny-gpt", n_classes=3)
    freeze_all_but(model, "head.W", "head.b")
    forbid(monkeypatch, *model.blocks, model.embed)
    model.loss(ids, np.array([0, 2]), mask)
    model.backward()
    assert model.head.W.grad.any() and model.head.b.grad.any()


# what leaves the model as it was


def state(model):
    return {name: p.data.copy() for name, p in model.named_parameters()}, model.rng.bit_generator.state, model.training


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_trace_lists_the_layers_and_leaves_the_model_as_it_was(small, batch, mode):
    ids = batch[0]
    model = getattr(small("tiny-gpt", dropout=0.5), mode)()
    weights, rng, training = state(model)
    attributes = {name: set(vars(layer)) for name, layer in model.named_layers()}
    steps = model.trace(ids)
    after, rng_after, training_after = state(model)
    assert all(np.array_equal(after[name], weights[name]) for name in weights)
    assert rng_after == rng and training_after == training
    assert {layer.training for _, layer in model.named_layers()} == {training}
    assert {name: set(vars(layer)) - {"_cache"} for name, layer in model.named_layers()} == {
        name: found - {"_cache"} for name, found in attributes.items()
    }
    by_name = {name: (kind, shape, own) for name, kind, shape, own in steps}
    assert by_name["embed"] == ("Embedding", (2, 4, 6), 42)
    assert by_name["blocks.0.attn.q"] == ("Linear", (2, 4, 8), 56)
    assert by_name["blocks.1.mlp.up"] == ("Linear", (2, 4, 9), 63)
    assert steps[-1][2] == (2, 4, 7)
    assert sum(own for *_, own in steps) == sum(p.data.size for p in model.parameters())
    order = [name for name, *_ in steps]
    assert order.index("embed") < order.index("blocks.0.attn.q") < order.index("blocks.1.mlp.up") < order.index("norm")


def test_trace_of_a_refused_batch_leaves_no_wrapper(small):
    model = small("tiny-gpt")
    with pytest.raises(ValueError, match="token id 99"):
        model.trace(np.array([[99]]))
    assert "forward" not in {key for _, layer in model.named_layers() for key in vars(layer)}


def test_generate_leaves_the_model_as_it_was(small, batch):
    ids = batch[0]
    for mode in ("train", "eval"):
        model = getattr(small("tiny-gpt", dropout=0.5), mode)()
        before = state(model)
        generate(model, ids, max_new_tokens=3)
        after = state(model)
        assert before[1:] == after[1:] and all(np.array_equal(before[0][k], after[0][k]) for k in before[0])


def test_dropout_is_off_in_eval_and_random_in_train(small, batch):
    ids = batch[0]
    model = small("tiny-gpt", dropout=0.4)
    assert not np.allclose(model.train().forward(ids), model.forward(ids))
    assert np.array_equal(model.eval().forward(ids), model.forward(ids))
    assert np.array_equal(model.forward(ids), small("tiny-gpt").forward(ids))


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama", "tiny-bert"])
def test_plain_gradient_descent_learns_a_batch_by_heart(preset):
    """From the values that training starts from; the loss begins near log V and ends near none."""
    rng = np.random.default_rng(0)
    sizes = {"vocab_size": 11, "block_size": 8, "n_layers": 2, "d_model": 16, "n_heads": 2, "n_kv_heads": 1, "d_mlp": 32}
    config = TransformerConfig.preset(preset, **sizes)
    model = Transformer(config, rng=0)
    ids = rng.integers(0, 11, (3, 8))
    targets = np.roll(ids, -1, axis=1) if config.causal else ids
    losses = []
    for _ in range(150):
        model.zero_grad()
        losses.append(model.loss(ids, targets))
        model.backward()
        for p in model.parameters():
            p.data -= 0.5 * p.grad
    assert abs(losses[0] - np.log(11)) < 0.3
    assert losses[-1] < 0.25 * losses[0], losses[::10]
