"""Cross-validation: every example is judged on once, by a model that has learned from the others."""

from collections import Counter

import numpy as np

from minilora import backend


def folds(n, k, groups=None, rng=0):
    """k pairs of index arrays (train, held_out) of the examples 0 to n - 1; the k held-out parts are all of them, once each.

    groups: n labels, such as the file of each example. A group is never in both parts of a pair: neighbours in one file are so
    alike that a model judged on one after learning the other looks better than it is. The largest groups are placed first,
    each where there is least, so that the folds are as even as that allows.
    rng: an int seed or a NumPy generator; it says which examples (or groups) go together. Indices are in ascending order.
    ValueError if there are fewer groups (without them, examples) than folds.
    """
    groups = list(range(n)) if groups is None else list(groups)
    if len(groups) != n:
        raise ValueError(f"groups must have one label for each of the n={n} examples, got {len(groups)}")
    sizes = Counter(groups)
    if not 2 <= k <= len(sizes):
        raise ValueError(f"k must be from 2 to the number of groups, {len(sizes)}, got {k}; take fewer folds")
    names = list(sizes)
    shuffled = [names[i] for i in backend.as_generator(rng).permutation(len(names))]
    fold_of, filled = {}, [0] * k
    for group in sorted(shuffled, key=lambda group: -sizes[group]):  # a stable sort: equal sizes stay shuffled
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += sizes[group]
    fold = np.array([fold_of[group] for group in groups])
    return [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(k)]


def hold_out(n, share, groups=None, rng=0):
    """One pair (train, held_out) of `folds`, as many as 1 / share or as there are groups: the fold nearest to `share` of n.

    ValueError for a share outside 0 to 1/2, or a single group.
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"held_out must be a share above 0 and at most 0.5, got {share}; 0.2 is usual")
    k = min(round(1 / share), n if groups is None else len({*groups}))
    return min(folds(n, k, groups, rng), key=lambda pair: abs(len(pair[1]) - share * n))


def hold_out_of_each(groups, share, rng=0):
    """(train, held_out) of several classes, as lists of (label, index): `hold_out` within each, then the classes made even.

    groups: for each class, the group of each of its examples. Of every class as many are taken as the smallest one has, in
    either part, drawn by rng; classes take turns, so that the first k x n are n of each of the k classes.
    """
    rng = backend.as_generator(rng)
    classes = []
    for label, own in enumerate(groups):
        parts = hold_out(len(own), share, own, rng)
        classes.append([[(label, i) for i in rng.permutation(part).tolist()] for part in parts])
    return tuple([row for turn in zip(*rows, strict=False) for row in turn] for rows in zip(*classes, strict=True))
