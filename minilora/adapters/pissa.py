"""PiSSA: the adapter starts as the largest part of W, and W keeps the rest."""

import math
from dataclasses import dataclass

from minilora import lowrank
from minilora.adapters.shifted import ShiftedLoRA


@dataclass(frozen=True)
class PiSSA(ShiftedLoRA):
    """Starts at the first r singular triplets of W = U S V^T (Meng et al. 2024, arXiv 2404.02948, section 3):

        A = sqrt(S_r / s) V_r^T,  B = U_r sqrt(S_r / s).

    What W keeps has the squared norm sum over i > r of sigma_i^2.
    """

    method = "pissa"
    initial = "s B A = first r singular triplets of W"

    def __post_init__(self):
        super().__post_init__()
        for alpha in (self.alpha, *self.alpha_pattern.values()):
            if alpha <= 0:
                raise ValueError(f"pissa alpha must be above 0, for S_r / s has a root, got {alpha!r}")

    def factors(self, layer, evidence):
        A, B = lowrank.factors(layer.W.data, self.r)
        return A / math.sqrt(self.scale), B / math.sqrt(self.scale)
