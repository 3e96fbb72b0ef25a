"""The layers that mutants are checked in: float64, weights of order one, N, T, C and D coprime."""

import numpy as np

from minilora.adapters import LoRA
from minilora.backend import as_generator
from minilora.gradcheck import check_layer
from minilora.nn.attention import Attention
from minilora.nn.build import Builder
from minilora.nn.config import TransformerConfig
from minilora.nn.dropout import Dropout
from minilora.nn.embedding import Embedding
from minilora.nn.linear import Linear
from minilora.nn.pooling import Pooling

N, T, C = 3, 5, 7
SIZES = {"vocab_size": 11, "block_size": T, "d_model": C, "n_heads": 2, "d_head": 11, "d_mlp": 13}


def build(rng, **fields):
    """The builder of a config's layers."""
    return Builder(TransformerConfig(**(SIZES | fields)), rng, "float64")


def order_one(owner, rng):
    """Draw each weight anew: at the values that training starts from, whole parts of a gradient are nearly zero."""
    for name, parameter in owner.named_parameters():
        parameter.data = rng.standard_normal(parameter.data.shape) * 0.6 + name.endswith("gamma")
    return owner


def layer_check(make, zero=()):
    """The subject of make(rng) -> layer, on an x of (N, T, C)."""

    def check(rng):
        draw, cotangent = as_generator(rng).spawn(2)
        layer = order_one(make(draw), draw)
        return check_layer(layer, draw.standard_normal((N, T, C)), rng=cotangent, zero=zero)

    return check


def linear(rng):
    return Linear(rng.standard_normal((11, C)), rng.standard_normal(11))


def adapted_linear(rng, dropout=0.0):
    """A frozen map with a LoRA path of r = 5 and a scale of 1.4."""
    layer = linear(rng)
    for parameter in layer.parameters():
        parameter.trainable = False
    spec = LoRA(r=5, alpha=7, dropout=dropout)
    layer.adapters["default"] = spec.make(layer, spec.start(layer, rng), rng)
    return layer


def embedding(rng):
    """Ids of which some repeat and some stand once."""
    draw, cotangent = as_generator(rng).spawn(2)
    ids = np.array([[2, 5, 2, 0], [6, 2, 1, 6], [5, 5, 3, 0]])
    return check_layer(Embedding(draw.standard_normal((11, C))), ids, rng=cotangent)


def attention(rng, **fields):
    maker = build(rng, **fields)
    return Attention(maker.config, maker.linear, rng)


def pooling(_):
    """The mean over real tokens: the first sequence has one, the others have no padding."""
    layer = Pooling("mean")
    forward = layer.forward

    def masked(x):
        mask = np.ones(x.shape[:2], dtype=bool)
        mask[0, 1:] = False
        return forward(x, mask)

    layer.forward = masked
    return layer


LAYERS = {
    "layer:Linear": layer_check(linear),
    "layer:Linear+LoRA": layer_check(adapted_linear),
    "layer:Linear+LoRA+dropout": layer_check(lambda rng: adapted_linear(rng, dropout=0.3)),
    "layer:Embedding": embedding,
    "layer:LayerNorm": layer_check(lambda rng: build(rng).norm()),
    "layer:RMSNorm": layer_check(lambda rng: build(rng, norm="rmsnorm").norm()),
    "layer:Dropout": layer_check(lambda rng: Dropout(0.3, rng)),
    "layer:MLP": layer_check(lambda rng: build(rng).mlp()),
    "layer:MLP-relu": layer_check(lambda rng: build(rng, mlp="relu").mlp()),
    "layer:SwiGLU": layer_check(lambda rng: build(rng, mlp="swiglu").mlp()),
    "layer:Attention": layer_check(attention, zero=("k.b",)),
    "layer:Attention+dropout": layer_check(lambda rng: attention(rng, dropout=0.3), zero=("k.b",)),
    "layer:Attention+rope": layer_check(lambda rng: attention(rng, position="rope", d_head=8)),
    "layer:Pooling": layer_check(pooling),
    "layer:Block": layer_check(lambda rng: build(rng, d_head=3).block(), zero=("k.b",)),
    "layer:PostNormBlock": layer_check(lambda rng: build(rng, d_head=3, norm_first=False).block(), zero=("k.b",)),
}
