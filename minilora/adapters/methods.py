"""Every method that hangs in a layer, by the name that files and the command line use."""

from minilora.adapters.lora import LoRA

METHODS = {spec.method: spec for spec in (LoRA,)}
