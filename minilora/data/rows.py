"""Rows of examples, drawn at random to learn from and taken in order to be judged on; and streams that can be resumed.

Everything here is NumPy on the host; the model moves what it is given. A batch is a tuple for `model.loss(*batch)`.
"""

import zlib

import numpy as np

from minilora import backend


class Stream:
    """An endless iterator that draws from one generator, `rng`. A kind adds `__next__`.

    `state()` is ready for JSON; `load_state(state)` sets a stream built alike to that point, bit for bit.
    made_of: plain data that tells this stream from others
    """

    def __init__(self, rng, made_of):
        self.rng = backend.as_generator(rng)
        self._made_of = made_of

    def __iter__(self):
        return self

    def state(self):
        """Where the stream stands: the generator's state, and what tells these batches from others."""
        return {"generator": _plain(self.rng.bit_generator.state), "made_of": self._made_of}

    def load_state(self, state):
        """Go to where `state()` was taken. ValueError if it was of other ids, sizes or another kind of generator."""
        made_of = state.get("made_of")
        if made_of != self._made_of:
            raise ValueError(f"state is of batches {made_of}, these are {self._made_of}; build them as they were, or start anew")
        try:
            self.rng.bit_generator.state = state["generator"]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"state does not fit the generator ({error}); use the saved kind, or start anew") from error


class RandomRows(Stream):
    """Batches of rows drawn with replacement, each equally likely: row n of a batch is row m of every array in `arrays`.

    arrays: one or more with M rows each, M at least 1   made_of: what the rows are, plain data; batch_size is added
    """

    def __init__(self, arrays, batch_size, rng, made_of):
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}; 32 is usual")
        super().__init__(rng, made_of | {"batch_size": batch_size})
        self.batch_size = batch_size
        self._arrays = arrays

    def __next__(self):
        rows = self.rng.integers(0, len(self._arrays[0]), size=self.batch_size)
        return tuple(array[rows] for array in self._arrays)


def evaluation_rows(arrays, batch_size=64):
    """The same batches every time, to judge by: a list of tuples, all the rows of `arrays` in their order.

    The last batch may be smaller than the others, so weigh by `len(batch[0])`. ValueError for arrays without rows.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}; 64 is usual")
    M = require_rows(arrays)
    return [tuple(array[start : start + batch_size] for array in arrays) for start in range(0, M, batch_size)]


def require_rows(arrays):
    """How many rows the arrays have, the same number each and at least 1, else ValueError."""
    lengths = [len(array) for array in arrays]
    if min(lengths) < 1 or len(set(lengths)) > 1:
        raise ValueError(f"every array must have the same number of rows, at least 1, got {lengths}; give one row an example")
    return lengths[0]


def fingerprint(arrays):
    """What tells these rows from others: shapes, and a checksum of every number in them."""
    checksum = 0
    for array in arrays:
        checksum = zlib.crc32(np.ascontiguousarray(array).tobytes(), checksum)
    return {"shapes": [list(array.shape) for array in arrays], "crc32": checksum}


def _plain(value):
    """The same in lists and Python numbers, for JSON: some generators keep arrays in their state."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
