"""LoHa: the elementwise product of two low-rank products, whose rank reaches r^2."""

from dataclasses import dataclass

from minilora import backend
from minilora.adapters.adapter import Adapter, like
from minilora.adapters.lora import LoRA
from minilora.ops.loha import loha_backward, loha_forward


class LoHaAdapter(Adapter):
    """The path of one linear layer with its own A1, A2: (r, in) and B1, B2: (out, r)."""

    kind = "loha"
    leaves = ("A1", "B1", "A2", "B2")
    op_forward, op_backward = staticmethod(loha_forward), staticmethod(loha_backward)

    def delta(self, W=None):
        return self.scale * (self.B1.data @ self.A1.data) * (self.B2.data @ self.A2.data)


@dataclass(frozen=True)
class LoHa(LoRA):
    """Delta W = s (B1 A1) * (B2 A2), elementwise (Hyeon-Woo, Ye-Bin and Oh 2021, FedPara, arXiv 2108.06098).

    A2 = 0 at the start; B1 is normal with std 0.1, A1 and B2 with std 1. Twice LoRA's values buy a rank of up to r^2. Delta W has
    to be formed in each forward pass.
    """

    method = "loha"
    formula, initial = "s (B1 A1) * (B2 A2)", "A1, B1, B2 normal, A2 = 0"
    adapter = LoHaAdapter
    on_embeddings = False

    def shapes(self, layer):
        shapes = super().shapes(layer)
        return {"A1": shapes["A"], "B1": shapes["B"], "A2": shapes["A"], "B2": shapes["B"]}

    def values(self, n_in, n_out):
        return 2 * self.r * (n_in + n_out)

    def flops(self, n_in, n_out):
        """The product with Delta W; it is formed once for all tokens of a batch, at 4 r in out."""
        return 2 * n_in * n_out

    def start(self, layer, rng, evidence=None):
        W, shapes = layer.W.data, self.shapes(layer)
        drawn = {leaf: like(W, std * rng.standard_normal(shapes[leaf])) for leaf, std in (("A1", 1.0), ("B1", 0.1), ("B2", 1.0))}
        return drawn | {"A2": backend.get_array_module(W).zeros(shapes["A2"], dtype=W.dtype)}
