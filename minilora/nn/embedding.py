"""The embedding table as a layer."""

from minilora.nn.layer import Layer
from minilora.nn.parameter import Parameter
from minilora.ops.embedding import embedding_backward, embedding_forward


class Embedding(Layer):
    """Rows of W: (V, C), looked up by integer ids."""

    def __init__(self, W):
        self.W = Parameter(W)

    def forward(self, ids):
        y, self._cache = embedding_forward(ids, self.W.data)
        return y

    def backward(self, dy):
        """Adds to W's gradient. Ids have none, so nothing is returned."""
        cache = self.take_cache()
        if self.W.trainable:
            (dW,) = embedding_backward(dy, cache)
            self.W.accumulate(dW)
