"""Counted models: by hand, and as distributions."""

import math

import numpy as np
import pytest

from minilora.data.ngrams import bigram, ngram_loss, unigram

IDS = np.array([0, 1, 0, 2, 0, 1])


def test_by_hand():
    np.testing.assert_allclose(unigram(IDS, 4, c=1), np.array([4, 3, 2, 1]) / 10)
    P = bigram(IDS, 4, c=0.5)
    np.testing.assert_allclose(P[0], np.array([0.5, 2.5, 1.5, 0.5]) / 5)
    np.testing.assert_allclose(P[3], np.full(4, 1 / 4))  # never seen: uniform
    np.testing.assert_allclose(P.sum(axis=1), 1)


def test_the_loss_leaves_out_the_first_token():
    assert ngram_loss(np.array([0.5, 0.25, 0.25]), np.array([0, 1, 2])) == pytest.approx(math.log(4))
    P = np.array([[0.5, 0.5], [0.2, 0.8]])
    assert ngram_loss(P, np.array([0, 1, 1])) == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2)


def test_the_counted_text_is_best_described_by_its_own_counts():
    rng = np.random.default_rng(0)
    ids = rng.choice(5, p=[0.4, 0.3, 0.1, 0.1, 0.1], size=2000)
    own = ngram_loss(unigram(ids, 5, c=1e-9), ids)
    assert own < ngram_loss(np.full(5, 0.2), ids)
    assert ngram_loss(bigram(ids, 5, c=1e-9), ids) < own
