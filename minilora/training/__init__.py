"""Optimisers, schedules, the training loop, checkpoints."""

from minilora.training.adalora import AdaLoRAAdamW
from minilora.training.checkpoints import has_checkpoint, load_checkpoint, read_state, save_checkpoint
from minilora.training.clip import clip_gradients, gradient_norm
from minilora.training.lora_fa import LoRAFAAdamW
from minilora.training.loraplus import lora_plus
from minilora.training.optimizers import SGD, Adam, AdamW
from minilora.training.projected import Flora, GaLore
from minilora.training.relora import ReLoRAAdamW
from minilora.training.schedules import constant, exponential, jagged_cosine, step_decay, warmup_cosine
from minilora.training.trainer import Trainer, TrainingError

__all__ = [
    "SGD", "AdaLoRAAdamW", "Adam", "AdamW", "Flora", "GaLore", "LoRAFAAdamW", "ReLoRAAdamW", "Trainer", "TrainingError",
    "clip_gradients", "constant", "exponential", "gradient_norm", "has_checkpoint", "jagged_cosine", "load_checkpoint",
    "lora_plus", "read_state", "save_checkpoint", "step_decay", "warmup_cosine",
]  # fmt: skip
