"""LoRA-GA: the adapter starts where its first step is the best low-rank approximation of the full gradient's."""

import math
from dataclasses import dataclass

from minilora import backend, lowrank
from minilora.adapters.shifted import ShiftedLoRA
from minilora.adapters.spec import refuse_number


@dataclass(frozen=True)
class LoRAGA(ShiftedLoRA):
    """Starts at singular vectors of the gradient G = U S V^T that a first batch gives W (Wang, Yu and Li 2024, arXiv 2407.05000):

        A = c V_(1..r)^T,  B = c U_(r+1..2r),  c = out^(1/4) / sqrt(gamma).

    With c = 1 the first step of SGD changes W by -lr s^2 times the best approximation of G of rank 2r, up to terms in lr^2:
    A meets the first r directions, B the next r. gamma: above 0; the larger, the smaller the start. c: None for the rule above.
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
        U, sigma, Vt = lowrank.svd(evidence)
        if backend.item(sigma[0]) == 0:
            raise ValueError(f"lora-ga: the batch gives {layer.W.name} no gradient: give another batch, or leave the layer out")
        c = self.c or layer.W.data.shape[0] ** 0.25 / math.sqrt(self.gamma)
        return c * Vt[: self.r], c * U[:, self.r : 2 * self.r]
