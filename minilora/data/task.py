"""A small real task: examples to learn from, examples to be judged on, and where they are from."""

import hashlib
import platform
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Task:
    """train, held_out: lists of pairs (input, target), of no common source where the task has sources.

    A classification's target is a label, an index into `classes`, and its input a text or an array (T, D). A prompt's pair is
    (prompt, answer), two texts. groups: for each pair of train the number of the file that it is from; empty where each
    stands for itself. version is that of the Python that gave the texts; sha256 is of all pairs, in order.
    """

    name: str
    train: list = field(repr=False, compare=False)
    held_out: list = field(repr=False, compare=False)
    source: str
    classes: tuple = ()
    groups: tuple = field(default=(), repr=False)
    version: str = field(init=False, default_factory=platform.python_version)
    sha256: str = field(init=False)

    def __post_init__(self):
        digest = hashlib.sha256()
        for pair in (*self.train, ("", ""), *self.held_out):
            for part in pair:
                digest.update(part.tobytes() if isinstance(part, np.ndarray) else f"{part}\0".encode())
        object.__setattr__(self, "sha256", digest.hexdigest())

    def record(self):
        """What to write beside a result, ready for JSON: everything but the examples, and how many there are."""
        others = {name: getattr(self, name) for name in ("name", "source", "version", "sha256")}
        return {**others, "classes": list(self.classes), "train": len(self.train), "held_out": len(self.held_out)}
