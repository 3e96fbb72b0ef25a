"""Article E's second half: features compressed before a classifier, by PCA, by LDA or at random. No weight of the model changes.

    h: (N, d)   the frozen base's last hidden states of a text, their mean over its tokens
    z: (N, k)   h compressed by a map fitted on the training texts, each column then scaled to mean 0 and variance 1
    softmax regression on z, trained by AdamW on all texts at once

PCA sees no label, and keeps what varies most. LDA is supervised: it reads the labels, and gives K - 1 directions for K classes.
"""

from time import perf_counter

import numpy as np

from minilora import lowrank
from minilora.data import accuracy, text_rows, topics
from minilora.experiments.runs import load_tokenizer
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.study import Study
from minilora.nn.parameter import Parameter
from minilora.nn.recording import recorded
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.linear import linear_backward, linear_forward
from minilora.ops.pool import mean_pool_forward
from minilora.training import AdamW, warmup_cosine

TEXTS, QUICK_TEXTS = (4000, 2000), (400, 400)  # to learn from, and held out
STEPS, RATE = 300, 0.05
BATCH = 250


def features(folder, seed, case, quick):
    """Topics of the standard library. train_seconds: the map's fit and the regression, without the hidden states."""
    arena = Arena(folder)
    tokenizer, task = load_tokenizer(folder), topics(max_chars=arena.setting.block_size, rng=seed)
    pairs = [part[:n] for part, n in zip((task.train, task.held_out), QUICK_TEXTS if quick else TEXTS, strict=True)]
    y_train, y = (np.array([label for _, label in part]) for part in pairs)
    model = arena.model().eval()
    h_train, h = (hidden_states(model, *text_rows([x for x, _ in part], tokenizer, arena.setting.block_size)) for part in pairs)
    start = perf_counter()
    compress = fit(case, h_train, y_train, np.random.default_rng(seed))
    z = compress(h_train)
    mean, std = z.mean(axis=0), z.std(axis=0)
    W, b = softmax_regression((z - mean) / std, y_train, len(task.classes))
    seconds = perf_counter() - start
    logits, _ = linear_forward((compress(h) - mean) / std, W, b)
    return {"accuracy": accuracy(logits, y), "train_seconds": seconds, "values": W.size + b.size}


def hidden_states(model, ids, mask):
    """h (N, d), float64, of ids and mask (N, T)."""
    found = []

    def note(name, layer, x, y):
        if name == "norm":
            found.append(y)

    with recorded(model, note):
        for at in range(0, len(ids), BATCH):
            model.forward(ids[at : at + BATCH], mask[at : at + BATCH])
    h, _ = mean_pool_forward(np.concatenate(found).astype(float), mask)
    return h


def fit(case, h, y, rng):
    """The map from h to z: all, lda, pca-K or random-K."""
    if case == "all":
        return lambda h: h
    if case == "lda":
        lda = lowrank.lda.fit(h, y, ridge=1e-6)  # the last layer norm leaves d - 1 directions: S_w is singular
        return lambda h: lowrank.lda.transform(h, lda)
    kind, k = case.split("-")
    if kind == "pca":
        pca = lowrank.pca.fit(h, int(k))
        return lambda h: lowrank.pca.transform(h, pca)
    R = rng.standard_normal((h.shape[1], int(k)))
    return lambda h: h @ R


def softmax_regression(z, y, n_classes):
    """W (n_classes, k) and b (n_classes,), from zero."""
    W, b = Parameter(np.zeros((n_classes, z.shape[1]))), Parameter(np.zeros(n_classes))
    optimizer, schedule = AdamW([W, b], lr=RATE), warmup_cosine(STEPS // 20, STEPS)
    for step in range(STEPS):
        logits, linear = linear_forward(z, W.data, b.data)
        _, loss = cross_entropy_forward(logits, y)
        optimizer.zero_grad()
        _, dW, db = linear_backward(cross_entropy_backward(1.0, loss)[0], linear, {"W", "b"})
        W.accumulate(dW)
        b.accumulate(db)
        optimizer.lr = RATE * schedule(step)
        optimizer.step()
    return W.data, b.data


CONTESTANTS = ()
STUDIES = (Study("features", "topics from compressed features", "E", features, ("all", "pca-4", "pca-16", "random-16", "lda")),)
