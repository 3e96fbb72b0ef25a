"""EVA: A starts at the directions along which the layer's inputs are largest."""

from dataclasses import dataclass

from minilora import backend, lowrank
from minilora.adapters.lora import LoRA


@dataclass(frozen=True)
class EVA(LoRA):
    """LoRA with A = the first r right singular vectors of the layer's inputs in a first batch (Paischer et al. 2024, 2410.07170).

    B = 0. The rank is at most the number of tokens in the batch, and is not shared out anew over the layers. Needs a batch; rows
    of padding, where its mask is False, do not count.
    """

    method = "eva"
    initial = "A = first r right singular vectors of the inputs, B = 0"
    evidence = "inputs"
    on_embeddings = False

    def start(self, layer, rng, evidence=None):
        if len(evidence) < self.r:
            raise ValueError(f"eva rank must be at most the number of tokens in the batch, {len(evidence)}, got {self.r}")
        W = layer.W.data
        _, _, Vt = lowrank.svd(evidence)
        return {"A": Vt[: self.r].copy(), "B": backend.get_array_module(W).zeros((W.shape[0], self.r), dtype=W.dtype)}
