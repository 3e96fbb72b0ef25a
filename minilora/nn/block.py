"""The transformer block. Backward is forward, read upwards."""

from minilora.nn.dropout import Dropout
from minilora.nn.layer import Layer


class Block(Layer):
    """Pre-norm, as in GPT-2 and Llama: the residual stream x is never normalised, only what the branches read."""

    def __init__(self, norm1, attn, norm2, mlp, p, rng):
        self.norm1, self.attn, self.drop1 = norm1, attn, Dropout(p, rng)
        self.norm2, self.mlp, self.drop2 = norm2, mlp, Dropout(p, rng)

    def forward(self, x, mask=None, past=None):
        x = x + self.drop1.forward(self.attn.forward(self.norm1.forward(x), mask, past))
        x = x + self.drop2.forward(self.mlp.forward(self.norm2.forward(x)))
        return x

    def backward(self, dx):
        dx = dx + self.norm2.backward(self.mlp.backward(self.drop2.backward(dx)))
        dx = dx + self.norm1.backward(self.attn.backward(self.drop1.backward(dx)))
        return dx


class PostNormBlock(Block):
    """Post-norm, as in BERT and the first transformer: each sum is normalised, so the residual's gradient passes the norm too."""

    def forward(self, x, mask=None, past=None):
        x = self.norm1.forward(x + self.drop1.forward(self.attn.forward(x, mask, past)))
        x = self.norm2.forward(x + self.drop2.forward(self.mlp.forward(x)))
        return x

    def backward(self, dx):
        dx = self.norm2.backward(dx)
        dx = dx + self.mlp.backward(self.drop2.backward(dx))
        dx = self.norm1.backward(dx)
        dx = dx + self.attn.backward(self.drop1.backward(dx))
        return dx
