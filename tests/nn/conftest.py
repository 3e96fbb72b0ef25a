"""A batch that shows what a model could get wrong."""

import numpy as np
import pytest


@pytest.fixture
def batch():
    """ids (2, 4) that repeat, targets with two that do not count, and a mask that hides two keys of the second sequence."""
    ids = np.array([[2, 5, 2, 0], [6, 2, 6, 6]])
    targets = np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    mask = np.array([[True, True, True, True], [True, True, False, False]])
    return ids, targets, mask
