"""The Transformer: names, shapes, what a token sees, and that it learns."""

import numpy as np
import pytest

from minilora.nn import Transformer, TransformerConfig

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
