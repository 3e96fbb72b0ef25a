"""LoRA-FA: A stays as it was drawn, B alone is trained."""

from dataclasses import dataclass

from minilora.adapters.lora import LoRA


@dataclass(frozen=True)
class LoRAFA(LoRA):
    """LoRA with A frozen (Zhang et al. 2023, arXiv 2308.03303): the input of A need not be kept for the backward pass.

    `training.LoRAFAAdamW` steps along the gradient that fits the full one best among those that A leaves.
    """

    method = "lora-fa"
    initial = "A uniform and frozen, B = 0"
    frozen = ("A",)
    on_embeddings = False   # A starts at zero there, and would stay there

    def values(self, n_in, n_out):
        return self.r * n_out
