"""LoRA and its family: specs, and what hangs them in a model, merges and stores them."""

from minilora.adapters.inject import ALL_LINEAR, adapters_of, disable, enable, inject, match, remove, switch, weigh
from minilora.adapters.lora import LoRA, LoRAAdapter
from minilora.adapters.merge import merge, unmerge
from minilora.adapters.methods import METHODS
from minilora.adapters.store import load_adapter, save_adapter
