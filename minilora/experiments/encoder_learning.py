"""A classifier learns: its head alone, from vectors that are kept; then an adapter and the head, or every parameter.

A frozen encoder makes the same vector of a text every time, so a head that learns alone needs each of them once. Texts of like
length are put together where the order is free, and columns that are padding in every row of a batch are cut off: the mask hides
padding from the model anyway, so that costs nothing but time.
"""

import numpy as np

from minilora import backend, data
from minilora.adapters import find_method, inject
from minilora.nn.head_loss import head_loss, head_loss_backward
from minilora.nn.layer import Layer
from minilora.ops.cross_entropy import cross_entropy_forward
from minilora.training import AdamW, Trainer, warmup_cosine

TARGETS = ("attn.q", "attn.v")
AT_ONCE = 64  # rows without a gradient


def learn(model, batches, rate):
    """A step of AdamW for each batch. Returns the history."""
    optimizer, steps = AdamW(model.parameters(), lr=rate), len(batches)
    schedule = warmup_cosine(max(1, steps // 20), steps)
    return Trainer(model, optimizer, iter(batches), schedule, clip=1.0, progress=False).run(steps)


def choose_what_learns(model, method, rank, seed):
    """Hang in what the method adds and freeze the rest of the encoder; full freezes nothing. The head always learns."""
    if method != "full":
        inject(model, find_method(method)(r=rank, alpha=2 * rank), TARGETS, rng=seed)
    for parameter in model.head.parameters():
        parameter.trainable = True


def labelled(pairs, tokenizer, block_size):
    """(ids, labels, mask) of pairs (text, label)."""
    texts, labels = zip(*pairs, strict=True)
    ids, mask = data.text_rows(texts, tokenizer, block_size)
    return data.classification_rows(ids, labels, mask)


def shortest(ids, labels, mask):
    """The same rows without the columns that are padding in each of them."""
    T = int(mask.sum(axis=1).max())
    return ids[:, :T], labels, mask[:, :T]


def by_length(ids, labels, mask):
    """(rows, batch) of all rows, those of like length together, so that little is padding."""
    order = np.argsort(mask.sum(axis=1), kind="stable")
    for rows in np.split(order, range(AT_ONCE, len(order), AT_ONCE)):
        yield rows, shortest(ids[rows], labels[rows], mask[rows])


class Probe(Layer):
    """A head that learns from vectors. It is the head of a model, and its parameters keep the names that they have there."""

    def __init__(self, head):
        self.head = head

    def loss(self, vectors, labels):
        """Mean cross-entropy in nats, a Python float."""
        L, self._cache = head_loss(self.head, backend.asarray(vectors), backend.asarray(labels), len(self.head.W.data))
        return L

    def backward(self):
        """Add the head's gradients."""
        head_loss_backward(self.head, self.take_cache())


def on_vectors(model, learning, drawn):
    """Batches (vectors, labels) of the drawn rows: what the encoder makes of a piece, computed once for each, without dropout."""
    model.eval()
    rows, place = np.unique(drawn, return_inverse=True)
    ids, labels, mask = (a[rows] for a in learning)
    vectors = np.empty((len(rows), model.config.d_model), dtype=model.dtype)
    for some, (ids_b, _, mask_b) in by_length(ids, labels, mask):
        vectors[some] = backend.asnumpy(model.pool.forward(model.features(ids_b, mask_b), backend.asarray(mask_b)))
    return [(vectors[at], labels[at]) for at in place.reshape(drawn.shape)]


def judge(model, ids, labels, mask):
    """{"accuracy", "loss", "confusion": [[how many of class i were called j]]}."""
    n_classes = model.config.n_classes
    confusion, total = np.zeros((n_classes, n_classes), dtype=int), 0.0
    for _, (ids_b, labels_b, mask_b) in by_length(ids, labels, mask):
        logits = model.forward(ids_b, mask_b)
        total += backend.item(cross_entropy_forward(logits, backend.asarray(labels_b))[0]) * len(labels_b)
        np.add.at(confusion, (labels_b, backend.asnumpy(logits).argmax(axis=1)), 1)
    return {"accuracy": float(confusion.trace() / len(ids)), "loss": total / len(ids), "confusion": confusion.tolist()}
