"""rsLoRA: LoRA whose scale keeps the size of the output, and of its gradients, at any rank."""

import math
from dataclasses import dataclass

from minilora.adapters.lora import LoRA


@dataclass(frozen=True)
class RSLoRA(LoRA):
    """LoRA with s = alpha / sqrt(r) (Kalajdzievski 2023, arXiv 2312.03732)."""

    method = "rslora"
    scaling = "alpha / sqrt(r)"

    @property
    def scale(self):
        return float(self.alpha) / math.sqrt(self.r)
