"""LoRA that starts away from zero: the layer's W gives up the start, so that nothing changes before the first step."""

from dataclasses import dataclass

from minilora.adapters.lora import LoRA
from minilora.nn.quantized import QuantizedParameter


@dataclass(frozen=True)
class ShiftedLoRA(LoRA):
    """Delta W = s (B A - B0 A0), where A0 and B0 are the start; a subclass says which, in `factors`.

    The model computes (W - s B0 A0) x + s B A x. A0 and B0 are kept with the adapter, frozen: W as it was comes back when the
    adapter is switched off or taken out, and a file holds all that the change consists of.
    """

    formula = "s (B A - B0 A0)"
    on_embeddings = False

    def factors(self, layer, evidence):
        """A (r, in) and B (out, r) to begin with."""
        raise NotImplementedError

    def refuse(self, layer):
        super().refuse(layer)
        if isinstance(layer.W, QuantizedParameter):
            held = f"{layer.W.name} is held in {layer.W.bits} bits"
            raise ValueError(f"{held}, so {self.method} cannot take its start out of it: inject LoRA")

    def shapes(self, layer):
        shapes = super().shapes(layer)
        return shapes | {"A0": shapes["A"], "B0": shapes["B"]}

    def start(self, layer, rng, evidence=None):
        A, B = self.factors(layer, evidence)
        return {"A": A, "B": B, "A0": A.copy(), "B0": B.copy()}
