"""LoRA: what to add (the spec) and what hangs in the layer (the adapter)."""

import math
from dataclasses import dataclass, field

from minilora import backend
from minilora.adapters.adapter import Adapter, like
from minilora.adapters.costs import lora_values
from minilora.adapters.spec import Spec
from minilora.nn.embedding import Embedding
from minilora.ops.lora import lora_backward, lora_forward
from minilora.ops.lora_embedding import lora_embedding_backward, lora_embedding_forward


class LoRAAdapter(Adapter):
    """The low-rank path of one linear layer, with its own A: (r, in) and B: (out, r).

    With a start of its own, A0 and B0, the layer's W gives up s B0 A0, so that the model is unchanged when training begins.
    """

    kind = "lora"
    op_forward, op_backward = staticmethod(lora_forward), staticmethod(lora_backward)

    def delta(self, W=None):
        """Delta W = s B A, (out, in); less the start s B0 A0 where there is one."""
        BA = self.product(self.A, self.B)
        return self.scale * (BA if self.start() is None else BA - self.product(self.A0, self.B0))

    def start(self):
        return self.scale * self.product(self.A0, self.B0) if hasattr(self, "A0") else None

    def product(self, A, B):
        return B.data @ A.data


class EmbeddingLoRAAdapter(LoRAAdapter):
    """The same beside an embedding table (V, C), with A: (r, V) and B: (C, r): Delta W = s (B A)^T."""

    op_forward = staticmethod(lora_embedding_forward)

    @staticmethod
    def op_backward(dy, cache, needs):
        return None, *lora_embedding_backward(dy, cache, needs)  # ids have no gradient

    def constants(self, x):
        return {"s": self.scale}

    def product(self, A, B):
        return (B.data @ A.data).T


@dataclass(frozen=True)
class LoRA(Spec):
    """Delta W = s B A with s = alpha / r (Hu et al. 2021, arXiv 2106.09685, section 4.1).

    r: rank, at least 1 and at most min(in, out) of each layer it goes into. alpha: sets the scale; with s = alpha / r the size
    of Delta W stays comparable when r changes. dropout: in [0, 1), on the input of A, in training only (an embedding has none).
    bias: "none" trains no bias, "all" every bias of the model, "lora_only" those of the layers that get an adapter; such a bias
    is changed in the model itself, so disable and remove leave it as trained. rank_pattern, alpha_pattern: {layer pattern: value}
    for layers that shall have another r or alpha; the first that matches counts. ValueError for a value out of range.
    """

    r: int = 8
    alpha: float = 16
    dropout: float = 0.0
    bias: str = "none"
    rank_pattern: dict = field(default_factory=dict, hash=False)
    alpha_pattern: dict = field(default_factory=dict, hash=False)

    method = "lora"
    formula, initial, scaling = "s B A", "A uniform, B = 0", "alpha / r"
    adapter = LoRAAdapter
    on_embeddings = True

    @property
    def scale(self):
        return float(self.alpha) / self.r

    def shapes(self, layer):
        n_out, n_in = _out_in(layer)
        return {"A": (self.r, n_in), "B": (n_out, self.r)}

    def values(self, n_in, n_out):
        return lora_values([(n_out, n_in)], self.r)

    def flops(self, n_in, n_out):
        """Of the two products of the path, with A and with B."""
        return 2 * self.r * (n_in + n_out)

    def start(self, layer, rng, evidence=None):
        """A uniform in +-1/sqrt(in), drawn by rng, and B zero, so that nothing changes before the first step."""
        if isinstance(layer, Embedding):
            return self.start_in_table(layer, rng)
        W = layer.W.data
        n_out, n_in = W.shape
        bound = 1 / math.sqrt(n_in)
        A = like(W, rng.uniform(-bound, bound, (self.r, n_in)))
        return {"A": A, "B": backend.get_array_module(W).zeros((n_out, self.r), dtype=W.dtype)}

    def start_in_table(self, layer, rng):
        """A zero and B standard normal: a token's column of A stays zero until the token occurs."""
        W, shapes = layer.W.data, self.shapes(layer)
        A = backend.get_array_module(W).zeros(shapes["A"], dtype=W.dtype)
        return {"A": A, "B": like(W, rng.standard_normal(shapes["B"]))}

    def make(self, layer, arrays, rng, shared=None):
        kind = EmbeddingLoRAAdapter if isinstance(layer, Embedding) else self.adapter
        return kind(arrays, self, self.scale, rng)


def _out_in(layer):
    """(out, in): an embedding (V, C) maps V to C."""
    return layer.W.data.shape[::-1] if isinstance(layer, Embedding) else layer.W.data.shape
