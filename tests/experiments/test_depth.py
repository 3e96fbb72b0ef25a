"""The stream's gradient at each depth is the gradient, and the kinds of blocks are what they are called."""

import numpy as np
import pytest

from minilora.experiments.depth import KINDS, BareBlock, copying, fresh_model, learn_to_copy, stream_gradients
from minilora.gradcheck import check_layer
from minilora.nn import Transformer, TransformerConfig


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_at_the_bottom_is_the_models_own(kind):
    model = fresh_model(kind, 0, n_layers=3, d_model=8)
    ids, targets = copying(np.random.default_rng(0))
    found = stream_gradients(model, ids, targets)
    assert len(found["size"]) == len(found["cosine"]) == 4 and found["cosine"][-1] == pytest.approx(1)
    x, dx = model.embed.forward(ids) + model.position.forward(np.arange(ids.shape[1])), []
    lowest = model.blocks[0].backward
    model.blocks[0].backward = lambda dy: dx.append(lowest(dy)) or dx[0]
    model.zero_grad()
    model.loss(ids, targets)
    model.backward()
    assert found["size"][0] == pytest.approx(np.linalg.norm(dx[0]) * np.linalg.norm(x), rel=1e-4)


def test_a_bare_block_has_the_right_backward():
    block = Transformer(TransformerConfig(11, block_size=3, n_layers=1, n_heads=1, d_model=5, d_mlp=4), dtype="float64").blocks[0]
    block.__class__ = BareBlock
    assert check_layer(block, (2, 3, 5), zero=("attn.k.b",)).ok


def test_copying_asks_for_the_character_before():
    ids, targets = copying(np.random.default_rng(0), N=2, T=5)
    assert (targets[:, 0] == -100).all() and np.array_equal(targets[:, 1:], ids[:, :-1])


def test_training_is_repeated_to_the_bit():
    assert learn_to_copy("pre-norm", 1, steps=3) == learn_to_copy("pre-norm", 1, steps=3)
    assert learn_to_copy("pre-norm", 1, steps=3) != learn_to_copy("pre-norm", 1, steps=3, small=True)
