"""AdaLoRA: singular triplets instead of two factors, so that the budget can go where it matters."""

from dataclasses import dataclass

from minilora import backend
from minilora.adapters.adapter import Adapter, like
from minilora.adapters.lora import LoRA
from minilora.ops.adalora import adalora_backward, adalora_forward

STD = 0.02


class AdaLoRAAdapter(Adapter):
    """The path of one linear layer with its own P: (out, r), lam: (r,) and Q: (r, in)."""

    kind = "adalora"
    leaves = ("P", "lam", "Q")
    op_forward, op_backward = staticmethod(adalora_forward), staticmethod(adalora_backward)

    def delta(self, W=None):
        return self.scale * ((self.P.data * self.lam.data) @ self.Q.data)


@dataclass(frozen=True)
class AdaLoRA(LoRA):
    """Delta W = s P diag(lam) Q (Zhang et al. 2023, arXiv 2303.10512, section 3.1); P and Q normal with std 0.02, lam zero.

    r: how many triplets each layer begins with. `training.AdaLoRAAdamW` keeps P and Q near orthonormal and takes the budget
    from triplets that matter least, by setting their lam to zero.
    """

    method = "adalora"
    formula, initial = "s P diag(lam) Q", "P, Q normal (0.02), lam = 0"
    adapter = AdaLoRAAdapter
    on_embeddings = False

    def shapes(self, layer):
        n_out, n_in = layer.W.data.shape
        return {"P": (n_out, self.r), "lam": (self.r,), "Q": (self.r, n_in)}

    def values(self, n_in, n_out):
        return self.r * (n_in + n_out + 1)

    def start(self, layer, rng, evidence=None):
        W, shapes = layer.W.data, self.shapes(layer)
        P, Q = (like(W, STD * rng.standard_normal(shapes[leaf])) for leaf in "PQ")
        return {"P": P, "lam": backend.get_array_module(W).zeros(self.r, dtype=W.dtype), "Q": Q}
