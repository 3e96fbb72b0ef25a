"""DoRA: the length of each row of W is trained apart from its direction, and LoRA turns the direction."""

from dataclasses import dataclass

from minilora import backend
from minilora.adapters.adapter import Adapter
from minilora.adapters.lora import LoRA
from minilora.ops.dora import dora_backward, dora_forward, row_norms


class DoRAAdapter(Adapter):
    """The map of one linear layer with its own A: (r, in), B: (out, r) and lengths m: (out,)."""

    kind = "dora"
    leaves = ("A", "B", "m")

    def forward(self, x, y, layer):
        """y = W x + b to m / n (W + s B A) x + b: the bias stands outside."""
        b = 0.0 if layer.b is None else layer.b.data
        A, B, m = (getattr(self, leaf).data for leaf in self.leaves)
        y, cache = dora_forward(y - b, x, layer.W.data, A, B, m, self.scale, self.spec.detached)
        self._cache = cache, layer.W
        return y + b

    def backward(self, dy):
        cache, W = self.take_cache()
        parameters = {"W": W, "A": self.A, "B": self.B, "m": self.m}
        needs = {"y0", "x"} | {name for name, p in parameters.items() if p.trainable}
        dy0, dx, *gradients = dora_backward(dy, cache, needs)
        for p, gradient in zip(parameters.values(), gradients, strict=True):
            if gradient is not None:
                p.accumulate(gradient)
        return dx, dy0

    def delta(self, W=None):
        V = W + self.scale * (self.B.data @ self.A.data)
        return (self.m.data / row_norms(V))[:, None] * V - W


@dataclass(frozen=True)
class DoRA(LoRA):
    """W' = m / n (W + s B A), row by row, with n the lengths of the rows of W + s B A (Liu et al. 2024, arXiv 2402.09353).

    m starts at the lengths of the rows of W. detached: n counts as a constant in the backward pass, as the paper proposes
    in section 4.3 to save memory, so A and B get that gradient and not the exact one. No dropout.
    A row of our W (out, in) belongs to one output; the paper takes the norms of the columns of its W.
    W + s B A is formed once for all tokens of a batch, at 2 r in out; `flops` leaves that out.
    """

    detached: bool = True

    method = "dora"
    formula, initial = "m/n (W + s B A) - W", "A uniform, B = 0, m = row norms of W"
    adapter = DoRAAdapter
    additive = False
    on_embeddings = False

    def __post_init__(self):
        super().__post_init__()
        if self.dropout:
            raise ValueError(f"dora takes no dropout: its length n belongs to all of x; set dropout=0, got {self.dropout}")
        if not isinstance(self.detached, bool):
            raise ValueError(f"dora detached must be True or False, got {self.detached!r}")

    def shapes(self, layer):
        return super().shapes(layer) | {"m": layer.W.data.shape[:1]}

    def values(self, n_in, n_out):
        return super().values(n_in, n_out) + n_out

    def start(self, layer, rng, evidence=None):
        m = row_norms(layer.W.data)
        if backend.item((m == 0).any()):
            raise ValueError(f"dora turns the rows of {layer.W.name}, and a row of it is zero, without a direction: leave it out")
        return super().start(layer, rng) | {"m": m}
