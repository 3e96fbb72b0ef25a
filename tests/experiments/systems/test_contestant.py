"""The sizes that are measured: of the merged model, whatever hangs in it."""

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, inject
from minilora.experiments.runs import count
from minilora.experiments.systems.attacks import robust_loss
from minilora.experiments.systems.contestant import Adapted, dense, measure, sizes


def test_a_models_sizes_by_hand(tiny_arena):
    model = tiny_arena.model()
    C, V = model.config.d_model, model.config.vocab_size
    found = sizes(model, dense(model))
    assert found["parameters"] == count(model) and found["multiplications"] == 12 * C * C + V * C  # 4 + 2 times 4, and the head
    zeros = sum(int((p.data == 0).sum()) for p in model.parameters())
    assert found["nonzero_values"] == count(model) - zeros


def test_an_adapter_is_counted_as_merged(tiny_arena):
    plain, model = tiny_arena.model(), tiny_arena.model()
    inject(model, LoRA(r=2), rng=0)
    for *_, adapter in adapters_of(model):
        adapter.B.data = adapter.B.data + 1
    assert sizes(model, dense(model)) == sizes(plain, dense(plain))


def test_what_is_zero_is_not_counted_and_multiplied_all_the_same(tiny_arena):
    model = tiny_arena.model()
    before = sizes(model, dense(model))
    q, gamma = model.blocks[0].attn.q.W, model.norm.gamma
    q.data, gamma.data = 0 * q.data, 0 * gamma.data
    after = sizes(model, dense(model))
    assert after["nonzero_values"] == before["nonzero_values"] - q.data.size - gamma.data.size
    assert (after["parameters"], after["multiplications"]) == (before["parameters"], before["multiplications"])


def test_a_measurement_has_them_and_the_loss_under_attack(tiny_arena):
    model = tiny_arena.model()
    found = measure(tiny_arena, Adapted(model))
    assert found["robust_loss"] == pytest.approx(robust_loss(model, tiny_arena.held_out["target"])) != found["target_loss"]
    assert found["parameters"] == count(model) and np.isfinite(found["nonzero_values"])
