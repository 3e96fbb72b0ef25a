"""Scores: shares of rows that are right."""

import numpy as np

from minilora.data import accuracy, exact_match


def test_accuracy_is_the_share_of_right_labels():
    logits = np.array([[0.1, 2, 1], [3, 2, 1], [0, 0.5, 1], [-3, -1, -2]])
    assert accuracy(logits, np.array([1, 0, 0, 1])) == 0.75


def test_an_answer_is_right_as_a_whole():
    best = np.array([[1, 2, 0], [1, 2, 0], [1, 2, 0], [1, 2, 0]])
    logits = np.eye(3)[best]
    targets = np.array([[1, 2, 0], [1, 2, 1], [-100, 2, -100], [-100, 1, 0]])
    assert exact_match(logits, targets) == 0.5


def test_a_devices_logits_are_taken_to_the_host(strict):
    logits = np.random.default_rng(0).standard_normal((5, 4))
    labels = logits.argmax(axis=1)
    assert accuracy(strict.asarray(logits), labels) == 1.0
