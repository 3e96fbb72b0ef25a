"""LoKr: a Kronecker product of a small and a large matrix, whose ranks multiply."""

import math
from dataclasses import dataclass
from itertools import product

from minilora import backend
from minilora.adapters.adapter import Adapter, like
from minilora.adapters.spec import Spec, refuse_integer
from minilora.ops.lokr import lokr_backward, lokr_forward


class LoKrAdapter(Adapter):
    """The path of one linear layer with its own C: (a, c) and D: (b, d), a b = out and c d = in."""

    kind = "lokr"
    leaves = ("C", "D")
    op_forward, op_backward = staticmethod(lokr_forward), staticmethod(lokr_backward)

    def delta(self, W=None):
        return self.scale * backend.get_array_module(self.C.data).kron(self.C.data, self.D.data)


@dataclass(frozen=True)
class LoKr(Spec):
    """Delta W = s C kron D (Yeh et al. 2023, LyCORIS, arXiv 2309.14859), with C = 0 and D uniform in +-1/sqrt(d) at the start.

    factor: a and c are the largest divisors of out and in up to it; None takes those that train the fewest values, a c + b d, and
    of these the pair whose product can have the highest rank, min(a, c) min(b, d).
    alpha is the scale s itself: there is no rank to divide by.
    """

    factor: int | None = None
    alpha: float = 1.0
    dropout: float = 0.0
    bias: str = "none"

    method = "lokr"
    formula, initial, scaling = "s C kron D", "C = 0, D uniform", "alpha"
    adapter = LoKrAdapter

    def __post_init__(self):
        super().__post_init__()
        if self.factor is not None:
            refuse_integer("lokr factor", self.factor)

    @property
    def scale(self):
        return float(self.alpha)

    @property
    def size(self):
        return "fewest values" if self.factor is None else f"factor {self.factor}"

    def shapes(self, layer):
        return self._shapes(*layer.W.data.shape)

    def values(self, n_in, n_out):
        return sum(math.prod(shape) for shape in self._shapes(n_out, n_in).values())

    def flops(self, n_in, n_out):
        (a, c), (b, d) = self._shapes(n_out, n_in).values()
        return 2 * (c * d * b + a * c * b)

    def start(self, layer, rng, evidence=None):
        W, shapes = layer.W.data, self.shapes(layer)
        bound = 1 / math.sqrt(shapes["D"][1])
        C = backend.get_array_module(W).zeros(shapes["C"], dtype=W.dtype)
        return {"C": C, "D": like(W, rng.uniform(-bound, bound, shapes["D"]))}

    def _shapes(self, n_out, n_in):
        if self.factor is None:
            a, c = _fewest(n_out, n_in)
        else:
            a, c = (max(i for i in _divisors(n) if i <= self.factor) for n in (n_out, n_in))
        return {"C": (a, c), "D": (n_out // a, n_in // c)}


def _fewest(n_out, n_in):
    """The divisors a of out and c of in with the smallest a c + b d; of those, with the highest rank."""

    def cost(pair):
        a, c = pair
        b, d = n_out // a, n_in // c
        return a * c + b * d, -min(a, c) * min(b, d)

    return min(product(_divisors(n_out), _divisors(n_in)), key=cost)


def _divisors(n):
    small = [i for i in range(1, math.isqrt(n) + 1) if n % i == 0]
    return sorted({*small, *(n // i for i in small)})
