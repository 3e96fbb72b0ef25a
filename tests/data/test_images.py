"""Digits as patches: nothing lost on the way to the model's width."""

import sys
from collections import Counter

import numpy as np
import pytest

from minilora.data import ClassificationBatches, digits
from minilora.data.images import patches
from minilora.files import FileError


def test_patches_are_in_reading_order():
    images = np.arange(2 * 4 * 6).reshape(2, 4, 6)
    tiles = patches(images, 2)
    assert tiles.shape == (2, 6, 4)
    assert tiles[0].tolist() == [[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11], [12, 13, 18, 19], [14, 15, 20, 21], [16, 17, 22, 23]]
    assert patches(images, 1)[1].ravel().tolist() == list(range(24, 48))


def counted(images, labels):
    """How often each image stands there with each label, in whatever order."""
    return Counter((image.astype(int).tobytes(), int(label)) for image, label in zip(images, labels, strict=True))


def test_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(FileError, match=r"not installed: pip install 'minilora\[images\]'"):
        digits()
    with pytest.raises(ValueError, match="patch must be 1, 2, 4 or 8, .*got 3"):
        digits(patch=3)


def test_the_digits(small):
    found = pytest.importorskip("sklearn.datasets").load_digits()
    task = digits()
    assert len(task.train) == 1438 and len(task.held_out) == 359 and task.classes == tuple("0123456789")
    images, labels = (np.array(part) for part in zip(*(task.train + task.held_out), strict=True))
    assert images.shape == (1797, 16, 4) and images.dtype == np.float32 and images.min() == 0 and images.max() == 1
    whole = images.reshape(-1, 4, 4, 2, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 64) * 16
    assert counted(whole, labels) == counted(found.data, found.target)
    assert digits() == task != digits(rng=1)
    model = small(n_classes=10, block_size=16)
    assert model.loss(*next(ClassificationBatches(images @ np.eye(4, 6, dtype=images.dtype), labels, None, 8, 0))) > 0
