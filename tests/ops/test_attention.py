"""Attention: what a query may see, grouped keys, dropout, fewer queries than keys."""

import itertools

import numpy as np
import pytest

from minilora.ops import attention_backward, attention_forward

N, H, K, T, D = 2, 4, 2, 5, 7


def draw(S=T, K=K, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in ((N, H, T, D), (N, K, S, D), (N, K, S, D), (N, H, T, D))]


def one_head(q, k, v, visible):
    """The formula with loops: q (T, D), k and v (S, D), visible (T, S)."""
    y = np.zeros_like(q)
    for t in range(len(q)):
        seen = np.flatnonzero(visible[t])
        if len(seen):
            weights = np.exp(k[seen] @ q[t] / np.sqrt(q.shape[1]))
            y[t] = weights @ v[seen] / weights.sum()
    return y


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("S", [5, 8, 3])
def test_forward_against_loops(causal, masked, S):
    q, k, v, _ = draw(S)
    mask = np.random.default_rng(1).random((N, S)) < 0.6 if masked else None
    y, _ = attention_forward(q, k, v, mask, causal=causal)
    may_see = np.arange(S) <= np.arange(T)[:, None] + S - T if causal else np.ones((T, S), dtype=bool)
    for n, h in np.ndindex(N, H):
        visible = may_see & mask[n] if masked else may_see
        np.testing.assert_allclose(y[n, h], one_head(q[n, h], k[n, h // (H // K)], v[n, h // (H // K)], visible), atol=1e-14)


@pytest.mark.parametrize("causal", [True, False])
def test_a_query_that_sees_no_key_gives_zero_and_gets_zero(causal):
    q, k, v, dy = draw()
    mask = np.ones((N, T), dtype=bool)
    mask[0], mask[1, :2] = False, False  # all keys of one sequence; the first two of the other, so causal queries 0, 1 see none
    y, cache = attention_forward(q, k, v, mask, causal=causal)
    dq, dk, dv = attention_backward(dy, cache)
    blind = (0,) if not causal else (0, (1, slice(None), slice(0, 2)))
    for where in blind:
        assert not y[where].any() and not dq[where].any()
    assert not dk[0].any() and not dv[0].any() and not dk[1, :, :2].any() and not dv[1, :, :2].any()
    assert all(np.isfinite(a).all() for a in (y, dq, dk, dv))
    assert dq[1, :, 3:].all() and dv[1, :, 2:].all()  # query 2 sees one key at least: with one alone, dq is zero


def test_causal_is_blind_to_the_future():
    q, k, v, dy = draw()
    y, _ = attention_forward(q, k, v)
    for t in range(T):
        k_other, v_other = k.copy(), v.copy()
        k_other[:, :, t + 1 :] += 100
        v_other[:, :, t + 1 :] -= 100
        changed, _ = attention_forward(q, k_other, v_other)
        assert np.array_equal(changed[:, :, : t + 1], y[:, :, : t + 1])
        if t < T - 1:
            assert np.abs(changed[:, :, t + 1 :] - y[:, :, t + 1 :]).min() > 0
    only_first = np.zeros_like(dy)
    only_first[:, :, 0] = dy[:, :, 0]
    _, cache = attention_forward(q, k, v)
    assert all(not g[:, :, 1:].any() for g in attention_backward(only_first, cache))
    np.testing.assert_allclose(y[:, ::2, 0], v[:, :, 0], err_msg="the first query sees the first key alone")


def test_bidirectional_sees_the_future():
    q, k, v, _ = draw()
    y, _ = attention_forward(q, k, v, causal=False)
    v[:, :, -1] += 1
    assert np.abs(attention_forward(q, k, v, causal=False)[0] - y).min() > 0


@pytest.mark.parametrize("late", [1, 2, 4])
def test_the_last_queries_alone_equal_the_tail_of_a_full_pass(late):
    q, k, v, dy = draw()
    y, cache = attention_forward(q, k, v)
    tail, tail_cache = attention_forward(q[:, :, -late:], k, v)
    np.testing.assert_allclose(tail, y[:, :, -late:], rtol=1e-13)
    dy[:, :, :-late] = 0
    whole = attention_backward(dy, cache)
    dq, dk, dv = attention_backward(dy[:, :, -late:], tail_cache)
    for part, full in zip((dq, dk, dv), (whole[0][:, :, -late:], *whole[1:]), strict=True):
        np.testing.assert_allclose(part, full, rtol=1e-12, atol=1e-14)


def test_grouped_keys_equal_repeated_keys():
    q, k, v, dy = draw()
    rng = np.random.default_rng(2)
    mask, keep = rng.random((N, T)) < 0.7, rng.random((N, H, T, T)) < 0.6
    y, cache = attention_forward(q, k, v, mask, keep, p=0.4)
    y_rep, cache_rep = attention_forward(q, k.repeat(H // K, axis=1), v.repeat(H // K, axis=1), mask, keep, p=0.4)
    np.testing.assert_allclose(y, y_rep, rtol=1e-12)
    (dq, dk, dv), (dq_rep, dk_rep, dv_rep) = attention_backward(dy, cache), attention_backward(dy, cache_rep)
    np.testing.assert_allclose(dq, dq_rep, rtol=1e-11, atol=1e-14)
    for grouped, repeated in ((dk, dk_rep), (dv, dv_rep)):
        np.testing.assert_allclose(grouped, repeated.reshape(N, K, H // K, T, D).sum(axis=2), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_grouped_and_causal_in_every_memory_layout(order):
    q, k, v, dy = draw()
    y, cache = attention_forward(q, k, v)
    strange = [np.ascontiguousarray(a.transpose(order)).transpose(np.argsort(order)) for a in (q, k, v, dy)]
    other, other_cache = attention_forward(*strange[:3])
    np.testing.assert_allclose(other, y, rtol=1e-12)
    for a, b in zip(attention_backward(strange[3], other_cache), attention_backward(dy, cache), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-14)


def test_dropout_drops_weights_and_scales_the_rest():
    q, k, v, dy = draw()
    keep = np.random.default_rng(3).random((N, H, T, T)) < 0.5
    y, cache = attention_forward(q, k, v, keep=keep, causal=False, p=0.5)
    P = np.exp(np.einsum("nhtd,nhsd->nhts", q, k.repeat(2, axis=1)) / np.sqrt(D))
    P /= P.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(y, np.einsum("nhts,nhsd->nhtd", 2 * P * keep, v.repeat(2, axis=1)))
    _, _, dv = attention_backward(dy, cache)
    by_head = np.einsum("nhts,nhtd->nhsd", 2 * P * keep, dy)
    np.testing.assert_allclose(dv, by_head.reshape(N, K, 2, T, D).sum(axis=2), err_msg="dV goes by the dropped weights")


def test_keeping_all_is_no_dropout_and_huge_scores_are_finite():
    q, k, v, dy = draw()
    all_kept = np.ones((N, H, T, T), dtype=bool)
    assert np.array_equal(attention_forward(q, k, v, keep=all_kept, p=0.0)[0], attention_forward(q, k, v)[0])
    y, cache = attention_forward(1e6 * q, 1e6 * k, v)
    assert all(np.isfinite(a).all() for a in (y, *attention_backward(dy, cache)))
    assert np.abs(y).max() <= np.abs(v).max()


def test_equal_keys_give_the_mean_of_the_values():
    q, k, v, _ = draw()
    y, _ = attention_forward(q, np.ones_like(k), v, causal=False)
    np.testing.assert_allclose(y, v.mean(axis=2, keepdims=True).repeat(2, axis=1).repeat(T, axis=2))


def test_float32_masks_without_a_warning():
    q, k, v, dy = (a.astype("float32") for a in draw())
    mask = np.zeros((N, T), dtype=bool)
    y, cache = attention_forward(q, k, v, mask)
    assert y.dtype == "float32" and not y.any()
    assert not any(g.any() for g in attention_backward(dy, cache))
