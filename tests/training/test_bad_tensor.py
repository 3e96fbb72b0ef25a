"""The first tensor that is not finite, in words: a parameter, a gradient, a layer's output."""

import math

import numpy as np

from minilora import backend
from minilora.nn import Transformer, TransformerConfig
from minilora.training.bad_tensor import first_bad_tensor


def test_bad_data_is_named_before_bad_gradients(Model, Batches):
    model, batch = Model(), next(Batches())
    assert first_bad_tensor(model, batch) is None
    model.b.grad[0] = math.nan
    assert first_bad_tensor(model, batch) == "the first bad tensor is b.grad"
    model.scale.data[2] = -math.inf  # frozen, and after b
    assert first_bad_tensor(model, batch) == "the first bad tensor is scale.data"


def test_an_output_is_named_by_the_first_layer_that_computed_a_bad_one():
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=7, d_model=8, n_layers=3, tied=False))
    layers, batch = dict(model.named_layers()), (np.array([[2, 5, 2, 0]]), np.array([[5, 2, -100, 3]]))
    assert first_bad_tensor(model, batch) is None
    for name in ("head", "blocks.2.mlp.up", "blocks.0.attn.v"):
        layers[name].W.data[...] = 3e38  # finite; sums of products with it are not
        with backend.quiet():
            assert first_bad_tensor(model, batch) == f"the first bad tensor is the output of {name}"
