"""How many are right: of labels, and of whole answers."""

import numpy as np

from minilora import backend
from minilora.data.batches import IGNORE


def accuracy(logits, labels):
    """The share of rows whose greatest logit is at the label. logits: (N, K) of any backend. labels: (N,)"""
    return float((_best(logits) == labels).mean())


def exact_match(logits, targets):
    """The share of rows whose every target has the greatest logit. logits: (N, T, V).

    logits: of any backend   targets: (N, T), -100 where nothing is asked

    One forward pass over prompt and answer says what generation at temperature 0 would: it writes exactly this answer if and
    only if, after each part of it, the likeliest token is the next.
    """
    return float(((_best(logits) == targets) | (targets == IGNORE)).all(axis=1).mean())


def _best(logits):
    return np.argmax(backend.asnumpy(logits), axis=-1)
