"""A base's values in a classifier, and patches read in the place of tokens."""

import numpy as np
import pytest

from minilora.experiments.systems.transfer import PatchReader, classifier, rebuilt
from minilora.gradcheck import check_model
from minilora.nn import Transformer, TransformerConfig


@pytest.fixture
def base(small):
    return small()


def test_everything_but_the_head_is_the_bases(base):
    model = classifier(base, n_classes=3, rng=0)
    assert (model.config.n_classes, model.config.pool, model.head.W.data.shape) == (3, "mean", (3, base.config.d_model))
    values = {name: p.data for name, p in base.named_parameters()}
    new = {name for name, p in model.named_parameters() if name not in values or not np.array_equal(p.data, values[name])}
    assert new == {"head.W", "head.b"}
    base.embed.W.data = base.embed.W.data + 1
    assert not np.array_equal(model.embed.W.data, base.embed.W.data)  # a copy, not the same array


def test_the_head_is_drawn_by_the_seed(base):
    one, same, other = (classifier(base, 3, rng).head.W.data for rng in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_another_mask_keeps_the_values(base):
    ids = np.arange(5)[None]
    both_ways = classifier(base, 3, 0, causal=False)
    assert not both_ways.config.causal
    assert not np.allclose(both_ways.forward(ids), classifier(base, 3, 0).forward(ids))
    with pytest.raises(ValueError, match="shape"):
        rebuilt(base, 0, d_mlp=11)


@pytest.fixture
def patches():
    config = TransformerConfig(vocab_size=5, block_size=6, n_layers=1, n_heads=2, d_model=8, d_mlp=12, n_classes=3, pool="mean")
    reader = PatchReader(Transformer(config, 0, "float64"), patch_size=4, rng=1)
    return reader, np.random.default_rng(2).standard_normal((2, 6, 4))


def test_the_gradient_of_the_map_of_patches(patches):
    reader, x = patches
    report = check_model(reader, x, np.array([2, 0]), zero=("attn.k.b",))
    assert report.ok, report
    assert "patches.W" in report.inputs and not any("embed" in name for name in report.inputs)


def test_the_map_keeps_the_scale_of_the_tokens(patches):
    reader, _ = patches
    assert not reader.transformer.embed.W.trainable
    x = np.random.default_rng(0).standard_normal((500, 6, 4))
    assert reader.patches.forward(x).std() == pytest.approx(reader.transformer.embed.W.data.std(), rel=0.5)
