"""PiSSA: the adapter starts as the largest part of W, and W keeps the rest."""

from dataclasses import dataclass

from minilora import lowrank
from minilora.adapters.lora import LoRA


@dataclass(frozen=True)
class PiSSA(LoRA):
    """LoRA that starts at the first r singular triplets of W = U S V^T (Meng et al. 2024, arXiv 2404.02948, section 3):

        A = sqrt(S_r / s) V_r^T,  B = U_r sqrt(S_r / s),  and W gives up s B A.

    So Delta W = s (B A - B0 A0): nothing changes before the first step, and what W keeps has the squared norm
    sum over i > r of sigma_i^2.
    """

    method = "pissa"
    formula, initial = "s (B A - B0 A0)", "B A = first r singular triplets of W / s"
    on_embeddings = False

    def shapes(self, layer):
        return _with_start(super().shapes(layer))

    def start(self, layer, rng, evidence=None):
        U, sigma, Vt = lowrank.svd(layer.W.data)
        root = (sigma[: self.r] / self.scale) ** 0.5
        return from_W(root[:, None] * Vt[: self.r], U[:, : self.r] * root)
