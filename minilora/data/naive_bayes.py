"""Naive Bayes on runs of characters: what counting alone tells of a text's class, as a mark for what learns more.

    P(run | class) = (c + how often the run occurs in the class) / the sum of that over all runs
    a text is of the class with the greatest  sum over its runs  log P(run | class)

Every class counts as equally likely before the text is read, and a run that no text to learn from has is left out.
"""

import numpy as np


class NaiveBayes:
    """Counts of the runs of `n` characters in pairs (text, label), labels from 0 to n_classes - 1.

    ValueError if no text has as many characters as a run.
    """

    def __init__(self, pairs, n_classes, n=5):
        self.n, self.places = n, {}
        found = [([self.places.setdefault(run, len(self.places)) for run in self._runs(text)], label) for text, label in pairs]
        if not self.places:
            raise ValueError(f"n must be at most the length of the longest text, got {n}; take shorter runs")
        self.counts = np.zeros((n_classes, len(self.places)))
        for runs, label in found:
            np.add.at(self.counts[label], runs, 1)

    def labels(self, texts, c=1.0):
        """The class of each text, (M,). c: what every count starts at, above 0."""
        if not c > 0:
            raise ValueError(f"c must be above 0, got {c}: a run that a class does not have would rule it out")
        log_P = np.log((c + self.counts) / (c + self.counts).sum(axis=1, keepdims=True))
        known = ([self.places[run] for run in self._runs(text) if run in self.places] for text in texts)
        return np.array([log_P[:, runs].sum(axis=1).argmax() for runs in known], dtype=int)

    def _runs(self, text):
        return [text[i : i + self.n] for i in range(len(text) - self.n + 1)]
