"""Naive Bayes: the same classes as by hand, and the share of topics that data.topics says."""

import math
import sys
from collections import Counter

import numpy as np
import pytest

from minilora.data import topics
from minilora.data.naive_bayes import NaiveBayes

PAIRS = [("abab", 0), ("abcab", 0), ("bcbcc", 1), ("ccab", 1), ("aaaa", 2)]


def by_hand(pairs, text, n, c):
    """Scores of each class, by dictionaries."""
    runs = lambda s: [s[i : i + n] for i in range(len(s) - n + 1)]  # noqa: E731
    all_runs = {run for s, _ in pairs for run in runs(s)}
    scores = []
    for label in range(3):
        counts = Counter(run for s, l in pairs if l == label for run in runs(s))
        total = sum(counts.values()) + c * len(all_runs)
        scores.append(sum(math.log((counts[run] + c) / total) for run in runs(text) if run in all_runs))
    return scores


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("c", [1.0, 0.01])
def test_classes_are_those_by_hand(n, c):
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcx"), 6)) for _ in range(40)]
    expected = [int(np.argmax(by_hand(PAIRS, text, n, c))) for text in texts]
    assert NaiveBayes(PAIRS, 3, n).labels(texts, c).tolist() == expected and len({*expected}) > 1


def test_a_text_of_unknown_runs_is_of_the_first_class():
    assert NaiveBayes(PAIRS, 3, 2).labels(["xyz", "a", ""]).tolist() == [0, 0, 0]


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="n must be at most the length of the longest text, got 6"):
        NaiveBayes(PAIRS, 3, 6)
    with pytest.raises(ValueError, match="c must be above 0, got 0: a run that a class does not have would rule it out"):
        NaiveBayes(PAIRS, 3, 2).labels(["ab"], 0)


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the docstring of data.topics is about the library of Python 3.11")
def test_the_share_of_topics():
    task = topics()
    texts, labels = zip(*task.held_out, strict=True)
    found = NaiveBayes(task.train, 4).labels(texts, c=0.1)
    assert round(float((found == labels).mean()), 2) == 0.86
