"""PCA and LDA as feature compression: of the base's hidden states, what tells the topic of a text?"""

import numpy as np

from minilora import backend
from minilora.data import evaluation_rows, text_rows, topics
from minilora.experiments.analysis import powers_of_two
from minilora.experiments.lowrank.analysis import Analysis, mean, spread
from minilora.experiments.runs import load_tokenizer
from minilora.lowrank import lda, pca
from minilora.nn import recorded

TEXTS = {"train": 3000, "held_out": 1500}  # to fit on, and to be judged by
RIDGE = 1e-6  # of the scatter's mean: hidden states may lie in fewer dimensions than they have
SHOWN = 100  # points of each class in the picture


def measure(ground):
    """What `compare` finds in the states of the base."""
    model, tokenizer = ground.arena.model().eval(), load_tokenizer(ground.folder)
    return compare(model, tokenizer, ground.arena.setting.block_size, ground.seeds)


def compare(model, tokenizer, block_size, seeds, texts=TEXTS):
    """{"classes", "accuracy": {way: [{"k", "values"}]}, "variance": PCA's share for each k, "points": {way: {class: pairs}}}."""
    task = topics(max_chars=block_size, rng=0)
    parts = (getattr(task, part)[:count] for part, count in texts.items())
    (X, y), (X_test, y_test) = (states(model, tokenizer, block_size, pairs) for pairs in parts)
    n, classes = X.shape[1], len(task.classes)
    components, parted = pca.fit(X, n), lda.fit(X, y, ridge=RIDGE)
    Z, Z_test = pca.transform(X, components), pca.transform(X_test, components)
    L, L_test = lda.transform(X, parted), lda.transform(X_test, parted)
    ks = powers_of_two(n)
    accuracy = {
        "PCA": [{"k": k, "values": [judge(Z[:, :k], y, Z_test[:, :k], y_test)]} for k in ks],
        "LDA": [{"k": k, "values": [judge(L[:, :k], y, L_test[:, :k], y_test)]} for k in range(1, classes)],
        "random": [{"k": k, "values": [at_random(X, y, X_test, y_test, k, seed) for seed in seeds]} for k in ks],
    }
    points = {way: {name: F[y_test == c][:SHOWN, :2].tolist() for c, name in enumerate(task.classes)}
              for way, F in (("PCA", Z_test), ("LDA", L_test))}  # fmt: skip
    shares = (components.variance.cumsum() / components.variance.sum())[[k - 1 for k in ks]].tolist()
    return {
        "classes": list(task.classes), "n": n, "ks": ks, "variance": shares, "accuracy": accuracy, "points": points,
        "task": task.record(),
    }  # fmt: skip


def states(model, tokenizer, block_size, pairs):
    """(N, C) float64: what goes into the last norm, its mean over the characters of each text; and the labels (N,)."""
    found = []

    def note(name, layer, x, y):
        if name == "norm":
            weights = mask / mask.sum(axis=1, keepdims=True)
            found.append((backend.asnumpy(x) * weights[:, :, None]).sum(axis=1))

    texts, labels = zip(*pairs, strict=True)
    with recorded(model, note):
        for ids, mask in evaluation_rows(text_rows(texts, tokenizer, block_size)):
            model.forward(ids, mask)
    return np.concatenate(found), np.array(labels)


def judge(X, y, X_test, y_test):
    """The share of the test's points that are nearest to the mean of their own class, by the scatter within the classes."""
    fitted = lda.fit(X, y, ridge=RIDGE)
    F, F_test = lda.transform(X, fitted), lda.transform(X_test, fitted)
    means = np.stack([F[y == c].mean(axis=0) for c in np.unique(y)])
    nearest = ((F_test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    return float((nearest == y_test).mean())


def at_random(X, y, X_test, y_test, k, seed):
    """The same after a projection on k random directions."""
    Q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((X.shape[1], k)))
    return judge(X @ Q, y, X_test @ Q, y_test)


def finding(data):
    def at(way, k):
        return mean(next(row["values"] for row in data["accuracy"][way] if row["k"] == k))

    best = data["accuracy"]["LDA"][-1]["k"]
    needed = next((k for k in data["ks"] if at("PCA", k) >= at("LDA", best)), None)
    until = f"PCA needs {needed} for that" if needed else f"PCA with all {data['n']} comes to {at('PCA', data['n']):.0%}"
    return (
        f"{best} features of LDA tell the {len(data['classes'])} topics apart in {at('LDA', best):.0%} of the texts, 2 of PCA in "
        f"{at('PCA', 2):.0%} (with {data['variance'][1]:.0%} of the variance), 2 random ones in {at('random', 2):.0%}; chance is "
        f"{1 / len(data['classes']):.0%}. {until}."
    )


def table(data):
    rows = [[way, row["k"], spread(row["values"])] for way, found in data["accuracy"].items() for row in found]
    return [("features", "how many", "accuracy on held-out texts"), *rows]


ANALYSIS = Analysis("features", "PCA and LDA as feature compression", measure, finding, table)
