"""LoRA and its family: specs, and what hangs them in a model, merges, combines and stores them."""

from minilora.adapters.adalora import AdaLoRA
from minilora.adapters.combine import combine
from minilora.adapters.dora import DoRA
from minilora.adapters.eva import EVA
from minilora.adapters.inject import ALL_LINEAR, adapters_of, inject, match, remove
from minilora.adapters.loha import LoHa
from minilora.adapters.lokr import LoKr
from minilora.adapters.lora import LoRA, LoRAAdapter
from minilora.adapters.lora_fa import LoRAFA
from minilora.adapters.lora_ga import LoRAGA
from minilora.adapters.lora_xs import LoRAXS
from minilora.adapters.merge import merge, unmerge
from minilora.adapters.methods import METHODS, find_method
from minilora.adapters.olora import OLoRA
from minilora.adapters.pissa import PiSSA
from minilora.adapters.qlora import QLoRA
from minilora.adapters.rslora import RSLoRA
from minilora.adapters.store import load_adapter, save_adapter
from minilora.adapters.svft import SVFT
from minilora.adapters.switch import disable, enable, switch, weigh
from minilora.adapters.vera import VeRA
