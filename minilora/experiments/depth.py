"""What the residual stream does for depth: the gradient on its way down a fresh transformer, and whether the model learns.

Three kinds of block: x + f(norm(x)), norm(x + f(x)), and f(norm(x)) alone. Each with two kinds of start values.
"""

import math

import numpy as np

from minilora.nn import Transformer, TransformerConfig
from minilora.nn.block import Block
from minilora.nn.recording import recorded
from minilora.ops import cross_entropy_backward, cross_entropy_forward
from minilora.training import AdamW

KINDS = ("pre-norm", "post-norm", "no residual")
VOCABULARY = 13


class BareBlock(Block):
    """A block whose branches follow each other, with no x beside them."""

    def forward(self, x, mask=None, past=None):
        x = self.drop1.forward(self.attn.forward(self.norm1.forward(x), mask, past))
        return self.drop2.forward(self.mlp.forward(self.norm2.forward(x)))

    def backward(self, dx):
        dx = self.norm2.backward(self.mlp.backward(self.drop2.backward(dx)))
        return self.norm1.backward(self.attn.backward(self.drop1.backward(dx)))


def fresh_model(kind, seed, n_layers=6, d_model=32, block_size=12, small=False):
    """A tiny-gpt of a kind. small: with GPT-2's start values; otherwise every matrix of a block has variance 1/in."""
    sizes = {"n_layers": n_layers, "d_model": d_model, "block_size": block_size, "vocab_size": VOCABULARY}
    rng = np.random.default_rng(seed)
    model = Transformer(TransformerConfig.preset("tiny-gpt", norm_first=kind != "post-norm", **sizes), rng=rng)
    for block in model.blocks:
        if kind == "no residual":
            block.__class__ = BareBlock
        for p in [] if small else block.parameters():
            if p.data.ndim == 2:
                p.data = rng.standard_normal(p.data.shape) / math.sqrt(p.data.shape[1])
    return model


def copying(rng, N=16, T=12):
    """Random characters, and as targets the one before each; the first has none. (N, T) both."""
    ids = rng.integers(0, VOCABULARY, (N, T))
    return ids, np.concatenate([np.full((N, 1), -100), ids[:, :-1]], axis=1)


def stream_gradients(model, ids, targets):
    """The gradient dL/dx of the stream x, below each block and above the last, as {"size": [...], "cosine": [...]}.

    size: the norm of dL/dx times that of x, what a relative change of x can do to L. cosine: between dL/dx there and above the
    last block, over all positions together. Both have n_layers + 1 entries, the lowest first. L is the mean cross-entropy.
    """
    streams = []

    def note(name, layer, x, y):
        if isinstance(layer, Block):
            streams.append(x)
            last[:] = [y]

    last = []
    with recorded(model, note):
        logits = model.forward(ids)
    dx = model.head.backward(cross_entropy_backward(1.0, cross_entropy_forward(logits, targets)[1])[0])
    gradients = [model.norm.backward(dx) if model.norm else dx]
    for block in reversed(model.blocks):
        gradients.insert(0, block.backward(gradients[0]))
    norms = [float(np.linalg.norm(dx)) for dx in gradients]
    return {
        "size": [norm * float(np.linalg.norm(x)) for norm, x in zip(norms, streams + last, strict=True)],
        "cosine": [float((dx * gradients[-1]).sum()) / norm / norms[-1] for norm, dx in zip(norms, gradients, strict=True)],
    }


def learn_to_copy(kind, seed, steps=100, lr=3e-3, small=False):
    """The losses of a fresh model that learns with AdamW, without warm-up, to name the character before."""
    model, rng = fresh_model(kind, seed, small=small), np.random.default_rng(1000 + seed)
    optimizer, losses = AdamW(model.parameters(), lr=lr), []
    for _ in range(steps):
        model.zero_grad()
        losses.append(model.loss(*copying(rng)))
        model.backward()
        optimizer.step()
    return losses
