"""The embedding table as a layer."""

from minilora.nn.adaptable import Adaptable
from minilora.nn.quantized import QuantizedParameter
from minilora.ops.embedding import embedding_backward, embedding_forward


class Embedding(Adaptable):
    """Rows of W: (V, C), looked up by integer ids, then each active adapter in turn: y = adapter.forward(ids, y, layer).

    Of a W that is held in few bits only these rows are dequantised.
    """

    def forward(self, ids):
        if isinstance(self.W, QuantizedParameter):
            y, cache = self.W.rows(ids), None
        else:
            y, cache = embedding_forward(ids, self.W.data)
        active = self.active
        for adapter in active:
            y = adapter.forward(ids, y, self)
        self._cache = cache, active
        return y

    def backward(self, dy):
        """Adds to W's gradient. Ids have none, so nothing is returned."""
        self.refuse_merged()
        cache, active = self.take_cache()
        for adapter in reversed(active):
            _, dy = adapter.backward(dy)
        if self.W.trainable:
            (dW,) = embedding_backward(dy, cache)
            self.W.accumulate(dW)
