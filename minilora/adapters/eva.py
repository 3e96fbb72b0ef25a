"""EVA: A starts at the directions along which the layer's inputs are largest (Paischer et al. 2024, arXiv 2410.07170).

    X: (rows, in) = U S V^T, the layer's inputs in a first batch   A: (r, in)   B = 0

    (S1)  A  =  V_r^T,   which maximises norm_F(X A^T) among all A with orthonormal rows
"""

from dataclasses import dataclass

from minilora import backend, lowrank
from minilora.adapters.lora import LoRA


def eva_start(X, r):
    """A (r, in) from the inputs X (rows, in), with at least r rows. The signs of its rows are free."""
    _, _, Vt = lowrank.svd(X)
    A = Vt[:r].copy()                                   # (S1)
    return A


@dataclass(frozen=True)
class EVA(LoRA):
    """LoRA with A = the first r right singular vectors of the layer's inputs in a first batch (S1).

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
        return {"A": eva_start(evidence, self.r), "B": backend.get_array_module(W).zeros((W.shape[0], self.r), dtype=W.dtype)}
