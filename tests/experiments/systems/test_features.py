"""Features compressed before a classifier."""

from dataclasses import replace

import numpy as np
import pytest

from minilora.data import text_rows
from minilora.experiments.runs import load_tokenizer
from minilora.experiments.systems.arena import FULL, prepare
from minilora.experiments.systems.features import STUDIES, features, fit, hidden_states, softmax_regression

TINY = {"d_model": 32, "n_layers": 1, "block_size": 24, "batch_size": 4, "base_steps": 5, "windows": 4}
DIRECTIONS = {"all": 32, "pca-4": 4, "pca-16": 16, "random-16": 16, "lda": 3}


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("arena"), replace(FULL, **TINY))[0]


@pytest.mark.parametrize("case", STUDIES[0].cases)
def test_the_measures(arena, case):
    result = features(arena.folder, 0, case, True)
    assert result["values"] == 4 * (DIRECTIONS[case] + 1)
    assert 0.15 < result["accuracy"] < 1 and result["train_seconds"] > 0
    assert features(arena.folder, 0, case, True)["accuracy"] == result["accuracy"]


def test_a_feature_is_the_mean_over_a_texts_own_tokens(arena):
    tokenizer, model = load_tokenizer(arena.folder), arena.model().eval()
    alone, together = (hidden_states(model, *text_rows(texts, tokenizer, 24)) for texts in (["def f"], ["def f", "x" * 24]))
    np.testing.assert_allclose(together[0], alone[0], rtol=1e-4, atol=1e-5)
    found = []
    model.norm.forward, forward = (lambda x: found.append(forward(x)) or found[-1]), model.norm.forward
    model.forward(np.array([tokenizer.encode("def f")]))
    np.testing.assert_allclose(alone[0], found[0][0].mean(axis=0), rtol=1e-5, atol=1e-6)


def test_more_texts_than_a_batch_stay_in_order(arena):
    tokenizer, model = load_tokenizer(arena.folder), arena.model().eval()
    texts = [f"{i:03d}" for i in range(300)]
    h = hidden_states(model, *text_rows(texts, tokenizer, 24))
    last = hidden_states(model, *text_rows(texts[-1:], tokenizer, 24))
    assert h.shape == (300, 32)
    np.testing.assert_allclose(h[-1:], last, rtol=1e-4, atol=1e-5)


def test_only_lda_sees_the_labels():
    rng = np.random.default_rng(0)
    h, y = rng.standard_normal((40, 8)), np.arange(40) % 3
    for case, k in (("all", 8), ("pca-4", 4), ("random-5", 5)):
        assert fit(case, h, None, rng)(h).shape == (40, k)
    assert fit("lda", h, y, rng)(h).shape == (40, 2)
    assert not np.allclose(fit("lda", h, y, rng)(h), fit("lda", h, y[::-1], rng)(h))


def test_lda_finds_the_direction_that_pca_misses():
    """Two classes that differ a little along the third axis, where the points vary least."""
    rng = np.random.default_rng(0)
    y = np.arange(400) % 2
    h = rng.standard_normal((400, 3)) * (10, 5, 0.1)
    h[:, 2] += 0.5 * y
    right = {}
    for case in ("lda", "pca-1"):
        z = fit(case, h, y, rng)(h)
        W, b = softmax_regression((z - z.mean(axis=0)) / z.std(axis=0), y, 2)
        right[case] = (((z - z.mean(axis=0)) / z.std(axis=0) @ W.T + b).argmax(axis=1) == y).mean()
    assert right["lda"] > 0.97 and right["pca-1"] < 0.6


def test_the_regression_ends_near_the_smallest_loss():
    rng = np.random.default_rng(0)
    z, y = rng.standard_normal((200, 3)), rng.integers(0, 4, 200)
    W, b = softmax_regression(z, y, 4)
    p = np.exp(z @ W.T + b)
    p /= p.sum(axis=1, keepdims=True)
    error = (p - np.eye(4)[y]) / len(y)
    assert abs(error.T @ z).max() < 1e-3 and abs(error.sum(axis=0)).max() < 1e-3
