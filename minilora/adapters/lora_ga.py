"""LoRA-GA: the adapter starts where its first step is the best low-rank approximation of the full gradient's.

Wang, Yu and Li 2024, arXiv 2407.05000.

    G: (out, in) = U S V^T, dL/dW of a first batch   A: (r, in)   B: (out, r)   c: a number above 0   eta: the rate of SGD
    gamma: how small a start is, of (S3)

    (S1)  A  =  c V_(1..r)^T
    (S2)  B  =  c U_(r+1..2r)
    (S3)  c  =  out^(1/4) / sqrt(gamma)        unless another is given

With c = 1 the first step changes s B A by -eta s^2 G_2r + O(eta^2), G_2r the best matrix of rank 2r: A meets the first r
directions of G, B the next r.
"""

import math
from dataclasses import dataclass

from minilora import backend, lowrank
from minilora.adapters.shifted import ShiftedLoRA
from minilora.adapters.spec import refuse_number


def lora_ga_start(G, r, c=None, gamma=16):
    """A (r, in) and B (out, r) from the gradient G (out, in), 2r <= min(out, in). c: None for the rule (S3). Signs are free."""
    U, _, Vt = lowrank.svd(G)
    if c is None:
        c = len(G) ** 0.25 / math.sqrt(gamma)           # (S3)
    A = c * Vt[:r]                                      # (S1)
    B = c * U[:, r : 2 * r]                             # (S2)
    return A, B


@dataclass(frozen=True)
class LoRAGA(ShiftedLoRA):
    """Starts at singular vectors of the gradient that a first batch gives W: (S1) to (S3).

    gamma: above 0; the larger, the smaller the start. c: None for the rule (S3).
    The rank is at most min(in, out) / 2. Needs a batch.
    """

    gamma: float = 16
    c: float | None = None

    method = "lora-ga"
    initial = "A, B = singular vectors 1..r, r+1..2r of a first gradient"
    evidence = "gradients"

    def __post_init__(self):
        super().__post_init__()
        for name, value in (("gamma", self.gamma), ("c", self.c)):
            if name == "c" and value is None:
                continue
            refuse_number(f"lora-ga {name}", value)
            if value <= 0:
                raise ValueError(f"lora-ga {name} must be a number above 0, got {value!r}")

    def refuse(self, layer):
        super().refuse(layer)
        smallest = min(layer.W.data.shape)
        if 2 * self.r > smallest:
            raise ValueError(f"lora-ga rank must be between 1 and min(in, out)/2={smallest // 2}, got {self.r}")

    def factors(self, layer, evidence):
        if not backend.item((evidence != 0).any()):
            raise ValueError(f"lora-ga: the batch gives {layer.W.name} no gradient: give another batch, or leave the layer out")
        return lora_ga_start(evidence, self.r, self.c, self.gamma)
