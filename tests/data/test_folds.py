"""Folds: each example is held out once, and a group is never torn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import folds, hold_out, hold_out_of_each


@settings(derandomize=True, deadline=None)
@given(groups=st.lists(st.integers(0, 12), min_size=2, max_size=80), k=st.integers(2, 6), seed=st.integers(0, 5))
def test_each_example_is_held_out_once_and_no_group_is_torn(groups, k, seed):
    n, n_groups = len(groups), len(set(groups))
    if k > n_groups:
        with pytest.raises(ValueError, match=f"k must be from 2 to the number of groups, {n_groups}, got {k}"):
            folds(n, k, groups, seed)
        return
    labels, parts = np.array(groups), folds(n, k, groups, seed)
    assert len(parts) == k
    assert sorted(np.concatenate([held for _, held in parts])) == list(range(n))
    sizes = [len(held) for _, held in parts]
    largest = max(np.bincount(labels))
    assert min(sizes) > 0 and max(sizes) - min(sizes) <= largest
    for train, held in parts:
        assert sorted([*train, *held]) == list(range(n))
        assert (np.diff(train) > 0).all() and (np.diff(held) > 0).all()
        assert not np.isin(labels[train], labels[held]).any()


def test_without_groups_folds_are_even_and_random():
    parts = folds(103, 5, rng=1)
    assert sorted(len(held) for _, held in parts) == [20, 20, 21, 21, 21]
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(parts, folds(103, 5, rng=np.random.default_rng(1)), strict=True))
    assert not np.array_equal(parts[0][1], folds(103, 5, rng=2)[0][1])
    counts = np.bincount(np.concatenate([folds(10, 2, rng=seed)[0][1] for seed in range(400)]), minlength=10)
    assert abs(counts - 200).max() < 5 * np.sqrt(100)


def test_groups_of_any_kind_and_equal_sizes_are_mixed():
    groups = [f"file{i // 4}" for i in range(40)]
    firsts = {tuple(folds(40, 5, groups, seed)[0][1]) for seed in range(20)}
    assert len(firsts) > 10 and all(len(first) == 8 for first in firsts)


def test_hold_out_is_the_fold_nearest_to_the_share():
    groups = [0] * 60 + [1] * 18 + [2] * 12 + [3] * 10
    train, held = hold_out(100, 0.2, [*groups[:98], 4, 5])
    assert len(train) + len(held) == 100 and len(held) == 18
    assert len(hold_out(1000, 0.1)[1]) == 100
    assert [part.tolist() for part in hold_out(3, 0.1, "aab")] == [[0, 1], [2]]  # no more folds than groups
    with pytest.raises(ValueError, match="the number of groups, 1, got 1"):
        hold_out(3, 0.1, "aaa")
    for share in (0, -0.1, 0.6):
        with pytest.raises(ValueError, match=f"held_out must be a share above 0 and at most 0.5, got {share}"):
            hold_out(10, share)


def test_classes_are_made_even_and_take_turns():
    groups = [list(range(40)), [i // 3 for i in range(90)], ["a"] * 5 + ["b"] * 20 + ["c"] * 8]
    train, held = hold_out_of_each(groups, 0.25, rng=3)
    for part in (train, held):
        assert [label for label, _ in part] == [0, 1, 2] * (len(part) // 3)
        assert len({*part}) == len(part)
    assert len(held) == 3 * 8 and len(train) == 3 * 25  # of c: the group nearest to a quarter of 33, and the others
    for label, own in enumerate(groups):
        sides = [{own[i] for l, i in part if l == label} for part in (train, held)]
        assert not sides[0] & sides[1]
    assert hold_out_of_each(groups, 0.25, rng=4) != (train, held) == hold_out_of_each(groups, 0.25, np.random.default_rng(3))


def test_folds_that_cannot_be():
    for k in (1, 0, 11):
        with pytest.raises(ValueError, match=f"k must be from 2 to the number of groups, 10, got {k}"):
            folds(10, k)
    with pytest.raises(ValueError, match="one label for each of the n=10 examples, got 9"):
        folds(10, 2, range(9))
