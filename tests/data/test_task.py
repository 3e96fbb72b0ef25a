"""A task knows what it holds."""

import dataclasses
import json
import platform

import numpy as np

from minilora.data.task import Task

TASK = Task("made-up", [("a", 0), ("bc", 1)], [("d", 1)], "by hand", classes=("no", "yes"), groups=(0, 1))


def test_a_record_says_what_the_task_is():
    assert json.loads(json.dumps(TASK.record())) == {
        "name": "made-up",
        "source": "by hand",
        "version": platform.python_version(),
        "sha256": TASK.sha256,
        "classes": ["no", "yes"],
        "train": 2,
        "held_out": 1,
    }
    assert len(repr(TASK)) < 300


def test_the_hash_is_of_every_pair_in_order():
    def sha256(**change):
        return dataclasses.replace(TASK, **change).sha256

    same = sha256(source="elsewhere")
    others = [
        sha256(train=[("a", 0), ("bc", 0)]),
        sha256(train=[("bc", 1), ("a", 0)]),
        sha256(train=[("ab", 0), ("c", 1)]),
        sha256(held_out=[("e", 1)]),
        sha256(train=[("a", 0)], held_out=[("bc", 1), ("d", 1)]),
    ]
    assert same == TASK.sha256 and len({same, *others}) == 6


def test_arrays_are_hashed_by_their_numbers():
    image = np.arange(6.0).reshape(2, 3)
    task = Task("images", [(image, 0)], [(image, 1)], "by hand")
    assert task == Task("images", [(image.copy(), 0)], [(image, 1)], "by hand")
    assert task != Task("images", [(image + 1, 0)], [(image, 1)], "by hand")
