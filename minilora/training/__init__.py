"""Optimisers, schedules, the training loop, checkpoints."""

from minilora.training.checkpoints import has_checkpoint, load_checkpoint, read_state, save_checkpoint
from minilora.training.clip import clip_gradients, gradient_norm
from minilora.training.optimizers import SGD, Adam, AdamW
from minilora.training.schedules import constant, exponential, step_decay, warmup_cosine
from minilora.training.trainer import Trainer, TrainingError

__all__ = [
    "SGD", "Adam", "AdamW", "Trainer", "TrainingError", "clip_gradients", "constant", "exponential", "gradient_norm",
    "has_checkpoint", "load_checkpoint", "read_state", "save_checkpoint", "step_decay", "warmup_cosine",
]  # fmt: skip
