"""The whole models that mutants are checked in: float64, weights of order one, a batch that hides nothing."""

import numpy as np
from layer_subjects import order_one

from minilora.adapters import LoRA, inject
from minilora.backend import as_generator
from minilora.gradcheck import check_model
from minilora.nn import Transformer, TransformerConfig

N, T, V = 5, 7, 11
SIZES = {"vocab_size": V, "block_size": T, "n_layers": 2, "d_model": 4, "n_heads": 2, "d_head": 3, "d_mlp": 9}


def model_check(preset, adapt=False, padded=False, **fields):
    """The subject of a preset, shrunk. Ids repeat, one target does not count; padded: two tokens of the first text are hidden."""

    def check(rng):
        draw, values = as_generator(rng).spawn(2)
        model = Transformer(TransformerConfig.preset(preset, **(SIZES | fields)), draw, dtype="float64")
        if adapt:
            inject(model, LoRA(r=3, alpha=5), ("attn.v", "mlp.up"), draw)
        order_one(model, draw)
        return check_model(model, *batch(model, padded, draw), rng=values, zero=() if adapt else ("attn.k.b",))

    return check


def batch(model, padded, rng):
    ids = rng.integers(0, V - 1, (N, T))
    ids[0, :2] = ids[1, 0]
    mask = np.ones((N, T), dtype=bool)
    mask[0, 5:] = not padded
    if model.pool:
        return ids, rng.integers(0, model.config.n_classes, N), mask
    targets = rng.integers(0, V, (N, T))
    targets[1, 1] = -100
    types = rng.integers(0, 2, (N, T)) if model.token_types else None
    return ids, targets, mask, types


MODELS = {
    "model:tiny-gpt": model_check("tiny-gpt"),
    "model:tiny-gpt+dropout": model_check("tiny-gpt", dropout=0.3),
    "model:tiny-gpt+LoRA": model_check("tiny-gpt", adapt=True),
    "model:tiny-bert": model_check("tiny-bert", padded=True, n_layers=1),
    "model:classifier": model_check("tiny-bert", padded=True, n_layers=1, n_classes=5, pool="mean"),
}
