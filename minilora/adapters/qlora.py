"""QLoRA: LoRA beside a W that is held in 4 bits."""

from dataclasses import dataclass

from minilora.adapters.lora import LoRA
from minilora.adapters.spec import refuse_integer
from minilora.nn.quantized import QuantizedParameter, quantize_linears
from minilora.quantize import BLOCK


@dataclass(frozen=True)
class QLoRA(LoRA):
    """LoRA beside W in NF4, blocks of 64 with their scales quantised too (Dettmers et al. 2023, arXiv 2305.14314, section 3).

    W is rounded once, as the adapter is hung in, and that stays when it is taken out. It is dequantised for each product, in
    forward and in backward, and never kept. Nothing can be merged into it: `nn.quantized.dequantize_linear(layer)` first.
    A second adapter on the same base is plain LoRA. block: values to a scale. double: quantise the scales too.
    """

    block: int = BLOCK
    double: bool = True

    method = "qlora"
    formula = "s B A, W in NF4"
    mergeable = False
    on_embeddings = False

    def __post_init__(self):
        super().__post_init__()
        refuse_integer("qlora block", self.block)
        if not isinstance(self.double, bool):
            raise ValueError(f"qlora double must be True or False, got {self.double!r}")

    def refuse(self, layer):
        super().refuse(layer)
        if layer.original_W is not None:
            raise ValueError(f"adapters have put something into {layer.W.name}: unmerge or remove them before qlora quantises it")

    def start(self, layer, rng, evidence=None):
        if isinstance(layer.W, QuantizedParameter):
            raise ValueError(f"{layer.W.name} is quantised already: inject LoRA, which trains beside it as it is")
        return super().start(layer, rng)

    def settle(self, layers):
        """Quantise what is not quantised yet; a file may be loaded beside another on one base."""
        for name, layer in layers.items():
            if layer.W.name != f"{name}.W":
                raise ValueError(f"{name}.W is {layer.W.name} too, which would stay in full: leave {name} out, or untie it")
        in_full = [layer for layer in layers.values() if not isinstance(layer.W, QuantizedParameter)]
        quantize_linears(in_full, self.block, self.double)
