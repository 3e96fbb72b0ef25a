"""VeRA: one random pair A, B for all layers, frozen; each layer trains two vectors that scale it."""

import math
from dataclasses import dataclass

from minilora import backend
from minilora.adapters.adapter import Adapter, like
from minilora.adapters.spec import Spec, refuse_integer
from minilora.ops.vera import vera_backward, vera_forward


class VeRAAdapter(Adapter):
    """The path of one linear layer with its own d: (r,) and b: (out,), through frozen arrays A: (r, in) and B: (out, r).

    A and B are no Parameters: all layers have them in common, and they follow from the seed.
    """

    kind = "vera"
    leaves = ("d", "b")

    def __init__(self, arrays, spec, s, rng, A, B):
        super().__init__(arrays, spec, s, rng)
        self.A, self.B = A, B

    def op_forward(self, x, d, b, **constants):
        return vera_forward(x, self.A, self.B, d, b, **constants)

    @staticmethod
    def op_backward(dy, cache, needs):
        dx, _, _, dd, db = vera_backward(dy, cache, needs)
        return dx, dd, db

    def delta(self, W=None):
        return self.scale * (self.b.data[:, None] * self.B) @ (self.d.data[:, None] * self.A)


@dataclass(frozen=True)
class VeRA(Spec):
    """Delta W = diag(b) B diag(d) A (Kopiczko et al. 2023, arXiv 2310.11454): b = 0 and d = d0 at the start.

    A and B are drawn once, uniform with the variance of Kaiming's rule, in the size of the largest layer; each layer takes the
    corner that it needs. They follow from `seed`, so a file holds b and d alone. r: the rank of the shared pair, which costs one
    value a layer and may be larger than in and out, as the paper's 1024 at d = 768. d0: the start of d, not 0.
    """

    r: int = 64
    d0: float = 0.1
    dropout: float = 0.0
    bias: str = "none"
    seed: int = 0

    method = "vera"
    formula, initial, scaling = "diag(b) B diag(d) A", "A, B random, shared, frozen; b = 0, d = 0.1", "1"
    adapter = VeRAAdapter
    low_rank = False

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.d0, (int, float)) or not 0 < abs(self.d0) < math.inf:
            raise ValueError(f"vera d0 must be a finite number that is not 0, or nothing would learn, got {self.d0!r}")
        refuse_integer("vera seed", self.seed, least=0)

    def shapes(self, layer):
        return {"d": (self.r,), "b": layer.W.data.shape[:1]}

    def values(self, n_in, n_out):
        return self.r + n_out

    def flops(self, n_in, n_out):
        return 2 * self.r * (n_in + n_out)

    def start(self, layer, rng, evidence=None):
        W, xp = layer.W.data, backend.get_array_module(layer.W.data)
        return {"d": xp.full(self.r, self.d0, dtype=W.dtype), "b": xp.zeros(W.shape[0], dtype=W.dtype)}

    def shared(self, layers):
        """A (r, largest in) and B (largest out, r), from the seed."""
        shapes = [layer.W.data.shape for layer in layers.values()]
        n_out, n_in = (max(sizes) for sizes in zip(*shapes, strict=True))
        W, rng = next(iter(layers.values())).W.data, backend.as_generator(self.seed)
        return tuple(like(W, rng.uniform(-1, 1, shape) * math.sqrt(6 / shape[1])) for shape in ((self.r, n_in), (n_out, self.r)))

    def make(self, layer, arrays, rng, shared=None):
        n_out, n_in = layer.W.data.shape
        return VeRAAdapter(arrays, self, self.scale, rng, shared[0][:, :n_in], shared[1][:n_out])
