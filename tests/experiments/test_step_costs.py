"""What memory holds, counted against arrays that are known."""

import numpy as np

from minilora.adapters import LoRA, inject
from minilora.experiments.step_costs import activations, held, operations, seconds
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW

CONFIG = TransformerConfig.preset("tiny-gpt", vocab_size=11, block_size=6, n_layers=1, n_heads=2, d_model=8)
N, T, C = 3, 5, 8


def test_activations_are_counted_once():
    model = Transformer(CONFIG, rng=0)
    ids = np.random.default_rng(0).integers(0, 11, (N, T))
    model.loss(ids, ids)
    found = activations(model)
    assert found["blocks.0.attn.q"] == 4 * N * T * C, "the input of q, which k and v share"
    assert "blocks.0.attn.k" not in found and "blocks.0.attn.v" not in found
    model.backward()
    assert activations(model) == {}


def test_lora_adds_z_alone_in_the_blocks_and_drops_what_the_head_reads():
    model = Transformer(CONFIG, rng=0)
    ids = np.random.default_rng(0).integers(0, 11, (N, T))
    model.loss(ids, ids)
    before = held(model)["activations"]
    layers = inject(model, LoRA(r=2))
    optimizer = AdamW(model.parameters(), lr=1e-3)
    model.loss(ids, ids)
    after = held(model, optimizer)
    assert after["activations"] - before == len(layers) * 4 * N * T * 2 - 4 * N * T * C
    trained = sum(p.data.size for p in model.parameters() if p.trainable)
    assert after["gradients"] == 4 * trained and after["moments"] == 8 * trained


def test_seconds_are_one_a_round():
    calls = []
    taken = seconds({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2)
    assert "".join(calls) == "ababab" and {label: len(times) for label, times in taken.items()} == {"a": 2, "b": 2}


def test_operations_of_a_model_written_out():
    M, F, V, r = N * T, 4 * C, 11, 2
    maps, head, attention = 4 * C * C + 2 * C * F, C * V, 2 * T * C
    model = Transformer(TransformerConfig(**CONFIG.to_dict() | {"n_layers": 2}), rng=0)
    assert operations(model, N, T) == 2 * M * 3 * (2 * maps + head + 2 * attention)
    inject(model, LoRA(r=r), ("blocks.1.attn.q", "blocks.1.mlp.up"))
    lower, upper = maps + attention, 2 * (maps + head) + 3 * attention + 3 * r * (2 * C + C + F)
    assert operations(model, N, T) == 2 * M * (lower + upper)
