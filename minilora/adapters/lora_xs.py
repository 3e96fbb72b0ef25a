"""LoRA-XS: between frozen singular vectors of W, one small square matrix is trained."""

from dataclasses import dataclass

from minilora import lowrank
from minilora.adapters.adapter import Adapter, like
from minilora.adapters.lora import LoRA
from minilora.ops.lora_xs import lora_xs_backward, lora_xs_forward

STD = 1e-5


class LoRAXSAdapter(Adapter):
    """The path of one linear layer with its own R: (r, r) between frozen A: (r, in) and B: (out, r)."""

    kind = "lora-xs"
    leaves = ("A", "B", "R")
    op_forward, op_backward = staticmethod(lora_xs_forward), staticmethod(lora_xs_backward)

    def delta(self, W=None):
        return self.scale * (self.B.data @ self.R.data @ self.A.data)


@dataclass(frozen=True)
class LoRAXS(LoRA):
    """Delta W = s B R A with A = S_r V_r^T and B = U_r of W = U S V^T (Bałazy et al. 2024, arXiv 2405.17604).

    R is normal with std 1e-5: the model differs from the base by about as little. r^2 values are trained, whatever the layer.
    """

    method = "lora-xs"
    formula, initial = "s B R A", "A, B = singular vectors of W, frozen; R normal (1e-5)"
    adapter = LoRAXSAdapter
    frozen = ("A", "B")
    on_embeddings = False

    def shapes(self, layer):
        return super().shapes(layer) | {"R": (self.r, self.r)}

    def values(self, n_in, n_out):
        return self.r**2

    def flops(self, n_in, n_out):
        return 2 * self.r * (n_in + n_out + self.r)

    def start(self, layer, rng, evidence=None):
        W = layer.W.data
        U, sigma, Vt = lowrank.svd(W)
        A, B = sigma[: self.r, None] * Vt[: self.r], U[:, : self.r].copy()
        return {"A": A, "B": B, "R": like(W, STD * rng.standard_normal((self.r, self.r)))}
