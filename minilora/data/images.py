"""Images as sequences: scikit-learn's 1,797 handwritten digits of 8x8 pixels, each cut into patches, a patch in a token's place.

As Dosovitskiy et al. (2021, arXiv 2010.11929) read images. The model takes vectors (N, T, C) in the place of ids, so patches of D
numbers are lifted to its width C = d_model first.
"""

import numpy as np

from minilora.data.folds import hold_out
from minilora.data.task import Task
from minilora.files import FileError

BRIGHTEST = 16  # the pixels' greatest value


def digits(patch=2, held_out=0.2, rng=0):
    """A Task: images as arrays (T, D) of float32 from 0 to 1, T = (8 / patch)^2 patches of D = patch^2 pixels, labels 0 to 9.

    Patches are in reading order, and so are the pixels in each. patch: 1, 2, 4 or 8; 2 gives 16 patches of 4. Images are held
    out at random. FileError where scikit-learn is not installed, ValueError for another patch.
    """
    if patch not in (1, 2, 4, 8):
        raise ValueError(f"patch must be 1, 2, 4 or 8, a part of the images' 8 pixels, got {patch}; 2 is usual")
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise FileError("the digits come with scikit-learn, which is not installed: pip install 'minilora[images]'") from error
    found = load_digits()
    rows = list(zip(patches(found.images.astype(np.float32) / BRIGHTEST, patch), found.target.tolist(), strict=True))
    train, held = ([rows[i] for i in part] for part in hold_out(len(rows), held_out, rng=rng))
    source = f"sklearn.datasets.load_digits, patches of {patch}x{patch} pixels"
    return Task("digits", train, held, source, classes=tuple("0123456789"))


def patches(images, patch):
    """(M, height, width) -> (M, T, patch^2), in reading order; both sides are multiples of patch."""
    M, height, width = images.shape
    tiles = images.reshape(M, height // patch, patch, width // patch, patch).transpose(0, 1, 3, 2, 4)
    return np.ascontiguousarray(tiles.reshape(M, -1, patch * patch))
