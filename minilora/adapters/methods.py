"""Every method that hangs in a layer, by the name that files and the command line use."""

from difflib import get_close_matches

from minilora.adapters.adalora import AdaLoRA
from minilora.adapters.dora import DoRA
from minilora.adapters.eva import EVA
from minilora.adapters.loha import LoHa
from minilora.adapters.lokr import LoKr
from minilora.adapters.lora import LoRA
from minilora.adapters.lora_fa import LoRAFA
from minilora.adapters.lora_ga import LoRAGA
from minilora.adapters.lora_xs import LoRAXS
from minilora.adapters.olora import OLoRA
from minilora.adapters.pissa import PiSSA
from minilora.adapters.qlora import QLoRA
from minilora.adapters.rslora import RSLoRA
from minilora.adapters.svft import SVFT
from minilora.adapters.vera import VeRA

SPECS = (LoRA, RSLoRA, LoRAFA, DoRA, PiSSA, OLoRA, LoRAGA, EVA, QLoRA, AdaLoRA, VeRA, LoRAXS, SVFT, LoHa, LoKr)
METHODS = {spec.method: spec for spec in SPECS}


def find_method(name):
    """The spec class of a method. ValueError for a name that is none; it names the nearest."""
    if name in METHODS:
        return METHODS[name]
    near = get_close_matches(str(name).lower(), METHODS, n=1, cutoff=0.0)
    raise ValueError(f"no method is named {name!r}; did you mean {near[0]!r}? there are {', '.join(METHODS)}")
