"""Layers made from a config: shapes and the values that training starts from."""

import math

from minilora import backend
from minilora.nn.attention import Attention
from minilora.nn.block import Block, PostNormBlock
from minilora.nn.linear import Linear
from minilora.nn.mlp import MLP, SwiGLU
from minilora.nn.norms import LayerNorm, RMSNorm

STD = 0.02  # GPT-2's, for every matrix and table


class Builder:
    """Draws the layers of a config from one generator, on the host, and puts them on the chosen backend.

    draw: False leaves what would be drawn unset, for a reader of files, who fills every parameter.
    """

    def __init__(self, config, rng, dtype, draw=True):
        self.config, self.rng, self.dtype, self.draw = config, rng, getattr(dtype, "__name__", str(dtype)), draw
        if self.dtype not in ("float32", "float64"):
            raise ValueError(f"dtype must be 'float32' or 'float64', got {dtype!r}")

    def normal(self, shape, std=STD):
        if not self.draw:
            return backend.xp.empty(shape, dtype=self.dtype)
        return backend.asarray((self.rng.standard_normal(shape) * std).astype(self.dtype))

    def linear(self, n_in, n_out, bias, residual=False):
        """W normal, b zero. A map back into the residual stream starts smaller, as 2 n_layers of them add up (GPT-2)."""
        std = STD / math.sqrt(2 * self.config.n_layers) if residual else STD
        return Linear(self.normal((n_out, n_in), std), backend.xp.zeros(n_out, dtype=self.dtype) if bias else None)

    def norm(self):
        kind = LayerNorm if self.config.norm == "layernorm" else RMSNorm
        return kind(self.config.d_model, self.config.norm_eps, self.dtype)

    def mlp(self):
        c = self.config
        up = self.linear(c.d_model, c.d_mlp, c.mlp_bias)
        down = self.linear(c.d_mlp, c.d_model, c.mlp_bias, residual=True)
        if c.mlp == "swiglu":
            return SwiGLU(self.linear(c.d_model, c.d_mlp, c.mlp_bias), up, down)
        return MLP(c.mlp, up, down)

    def block(self):
        kind = Block if self.config.norm_first else PostNormBlock
        attn = Attention(self.config, self.linear, self.rng)
        return kind(self.norm(), attn, self.norm(), self.mlp(), self.config.dropout, self.rng)
