"""Tiny models with weights of order one: at the values that training starts from, whole parts of a gradient are nearly zero."""

import numpy as np
import pytest

from minilora.nn import Transformer, TransformerConfig

SIZES = {"vocab_size": 7, "block_size": 5, "n_layers": 2, "d_model": 6, "n_heads": 2, "d_head": 4, "d_mlp": 9}


@pytest.fixture
def small():
    """small(preset, **fields) -> a float64 model, two layers, with every weight drawn anew."""

    def make(preset, rng=0, dtype="float64", **fields):
        sizes = SIZES | ({"n_heads": 4, "n_kv_heads": 2} if preset == "tiny-llama" else {})
        model = Transformer(TransformerConfig.preset(preset, **(sizes | fields)), rng=rng, dtype=dtype)
        draw = np.random.default_rng(1)
        for name, p in model.named_parameters():
            p.data = draw.standard_normal(p.data.shape) * 0.6 + ("gamma" in name)
        return model

    return make


@pytest.fixture
def batch():
    """ids (2, 4) that repeat, targets with two that do not count, and a mask that hides two keys of the second sequence."""
    ids = np.array([[2, 5, 2, 0], [6, 2, 6, 6]])
    targets = np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    mask = np.array([[True, True, True, True], [True, True, False, False]])
    return ids, targets, mask
