"""Habits of heads, heads left out, and what low-rank changes hold of a gradient."""

import numpy as np

from minilora.experiments.heads import attention_weights, captured_by_rank, habits, loss_without
from minilora.nn import Transformer, TransformerConfig


def small(**changes):
    return Transformer(TransformerConfig(11, block_size=8, n_layers=2, n_heads=4, d_model=16, d_mlp=8, **changes), rng=0).eval()


def batch():
    rng = np.random.default_rng(0)
    return rng.integers(0, 11, (3, 8)), rng.integers(0, 11, (3, 8))


def test_weights_are_those_of_each_head_with_shared_keys_too():
    ids, _ = batch()
    for model in (small(), small(n_kv_heads=2)):
        weights = attention_weights(model, ids)
        assert list(weights) == [(layer, head) for layer in range(2) for head in range(4)]
        for P in weights.values():
            assert P.shape == (3, 8, 8) and np.allclose(P.sum(axis=-1), 1) and np.allclose(np.triu(P[0], 1), 0)
    x = model.blocks[0].norm1.forward(model.embed.forward(ids) + model.position.forward(np.arange(8)))
    attn = model.blocks[0].attn
    q, k, _ = attn.project(x)
    scores = q[:, 3] @ k[:, 1].swapaxes(-1, -2) / 2 + np.triu(np.full((8, 8), -np.inf), 1)          # head 3 reads key head 1
    P = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(weights[0, 3], P, rtol=1e-4)


def test_habits_of_heads_that_have_one():
    ids = np.array([[1, 2, 3, 1, 4, 1]])
    one_before, repeat = np.eye(6, k=-1)[None], np.zeros((1, 6, 6))
    repeat[0, 3, 1] = repeat[0, 5, 1] = repeat[0, 5, 4] = 0.5                                       # what followed earlier 1s
    assert habits(one_before, ids)["one before"] == 1 and habits(one_before, ids)["itself"] == 0
    assert habits(repeat, ids)["after a repeat"] == 1.5 / 4


def test_a_head_left_out_changes_the_loss_and_nothing_stays_changed():
    model, windows = small(), [batch()]
    before = [p.data.copy() for p in model.parameters()]
    whole = loss_without(model, [], windows)
    assert loss_without(model, [(0, 1)], windows) != whole
    silent = loss_without(model, [(layer, head) for layer in range(2) for head in range(4)], windows)
    assert all(np.array_equal(p.data, kept) for p, kept in zip(model.parameters(), before, strict=True))
    for block in model.blocks:
        block.attn.o.W.data = 0 * block.attn.o.W.data
    assert loss_without(model, [], windows) == silent != whole


def test_full_rank_holds_all_and_the_fused_form_at_three_times_the_rank_holds_no_less():
    ways = captured_by_rank(small(), batch(), ranks=(2, 6, 16))
    assert ways["apart"][0] == [6 * 16 * r for r in (2, 6, 16)] and ways["fused"][0] == [4 * 16 * r for r in (2, 6, 16)]
    assert np.isclose(ways["apart"][1][-1], 1) and np.isclose(ways["fused"][1][-1], 1)
    assert ways["fused"][1][1] >= ways["apart"][1][0] > ways["fused"][1][0]
    assert all(both < apart for both, apart in zip(ways["q and v"][1], ways["apart"][1], strict=True))
