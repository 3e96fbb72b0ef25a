"""Batches for a classifier: rows of ids or of vectors, a label each, and a mask that tells tokens from padding.

Texts are padded on the right. A causal model reads them with pool="last" (the last token that the mask calls real; it has seen
all others) or pool="mean" (the mean over the real ones). pool="cls" is for encoders that see both ways: under a causal mask the
first token has seen nothing but itself.
"""

import numpy as np

from minilora.data.rows import RandomRows, fingerprint, require_rows

PADDING = 0  # any id of the vocabulary: no token attends to it, and no target stands there


def text_rows(texts, tokenizer, block_size):
    """(ids, mask), int64 and bool, (M, T): a text a row, padded on the right to the longest, T <= block_size.

    ValueError for a text that is empty, or longer than block_size tokens.
    """
    rows = [tokenizer.encode(text) for text in texts]
    return pad(rows, block_size)


def pad(rows, block_size):
    """(ids, mask) of lists of ids, each of 1 to block_size, else ValueError."""
    if not rows:
        raise ValueError("there must be at least one text to make rows of, got none; give more")
    lengths = np.array([len(row) for row in rows])
    wrong = np.flatnonzero((lengths < 1) | (lengths > block_size))
    if len(wrong):
        raise ValueError(
            f"a text must have 1 to block_size={block_size} tokens, number {wrong[0]} has {lengths[wrong[0]]}; "
            "leave it out, cut it, or take a larger block_size"
        )
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(mask.shape, PADDING, dtype=np.int64)
    ids[mask] = np.concatenate(rows)
    return ids, mask


class ClassificationBatches(RandomRows):
    """An endless iterator of (ids, labels, mask) for the loss of a model with n_classes; rows are drawn with replacement.

    ids: (M, T) integers, or vectors (M, T, C) in their place   labels: (M,) integers from 0   mask: (M, T) booleans, or None
    rng: an int seed or a NumPy generator. ValueError for arrays that do not fit each other, or without rows.
    """

    def __init__(self, ids, labels, mask, batch_size, rng):
        arrays = classification_rows(ids, labels, mask)
        super().__init__(arrays, batch_size, rng, fingerprint(arrays))


def classification_rows(ids, labels, mask=None):
    """(ids, labels, mask) as arrays, checked as `ClassificationBatches` does; for `evaluation_rows`. mask None: all are real."""
    ids, labels = np.asarray(ids), np.asarray(labels)
    if not (ids.ndim == 2 and ids.dtype.kind in "iu" or ids.ndim == 3 and ids.dtype.kind == "f"):
        raise ValueError(f"ids must be integers (M, T) or floats (M, T, C), got {ids.dtype} {ids.shape}; make them by text_rows")
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers (M,), an index into the classes each, got {labels.dtype} {labels.shape}")
    mask = np.ones(ids.shape[:2], dtype=bool) if mask is None else np.asarray(mask)
    if mask.shape != ids.shape[:2] or mask.dtype != bool:
        raise ValueError(f"mask must be booleans {ids.shape[:2]}, True at real tokens, got {mask.dtype} {mask.shape}")
    require_rows((ids, labels, mask))
    return ids, labels, mask
