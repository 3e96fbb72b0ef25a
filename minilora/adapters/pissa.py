"""PiSSA: the adapter starts as the largest part of W, and W keeps the rest (Meng et al. 2024, arXiv 2404.02948, section 3).

    W: (out, in) = U S V^T   A: (r, in)   B: (out, r)   s: the LoRA scale, above 0

    (S1)  A  =  sqrt(S_r / s) V_r^T
    (S2)  B  =  U_r sqrt(S_r / s),   so that s B A is the best matrix of rank r, and W - s B A has the norm of the tail
"""

import math
from dataclasses import dataclass

from minilora import lowrank
from minilora.adapters.shifted import ShiftedLoRA


def pissa_start(W, r, s=1.0):
    """A (r, in) and B (out, r) with s B A = the first r singular triplets of W (out, in); roots of their sizes in both."""
    A, B = lowrank.factors(W, r)                        # sqrt(S_r) V_r^T and U_r sqrt(S_r)
    A = A / math.sqrt(s)                                # (S1)
    B = B / math.sqrt(s)                                # (S2)
    return A, B


@dataclass(frozen=True)
class PiSSA(ShiftedLoRA):
    """Starts at the first r singular triplets of W: (S1) and (S2).

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
        return pissa_start(layer.W.data, self.r, self.scale)
