"""Batches of ids, cut from one long sequence at random places to learn from, at fixed places to be judged on.

    ids: the text, (length,)   start: where each window begins, (N,)   t = 0 .. T-1, T = block_size

    (F1)  inputs  = ids[start + t]                                          (N, T)
    (F2)  targets = ids[start + t + 1]                                      (N, T)

Everything here is NumPy int64 on the host; the model moves the ids. A batch is (inputs, targets), both (N, T).
"""

import zlib

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from minilora.data.rows import RandomRows

IGNORE = -100  # a target that the loss leaves out


class RandomWindows(RandomRows):
    """An endless iterator of batches whose windows start at random places, each equally likely. It resumes as every Stream."""

    def __init__(self, ids, width, block_size, batch_size, rng):
        ids = _sequence(ids, width, block_size)
        made_of = {"length": len(ids), "crc32": zlib.crc32(ids), "width": width}
        super().__init__((sliding_window_view(ids, width),), batch_size, rng, made_of)
        self.block_size = block_size
        self._ids = ids

    def _draw(self):
        """The next windows, (N, width), in memory of their own."""
        return super().__next__()[0]


class LanguageBatches(RandomWindows):
    """Batches for a language model: `targets[n, t]` is the id that follows `inputs[n, t]` in the text.

    ids: list or 1-D array of integers, at least block_size + 1 of them, else ValueError
    rng: an int seed or a NumPy generator
    """

    def __init__(self, ids, block_size, batch_size, rng):
        super().__init__(ids, block_size + 1, block_size, batch_size, rng)

    def __next__(self):
        return _shifted(self._draw())


class MaskedBatches(RandomWindows):
    """Batches for an encoder that fills gaps, as BERT (Devlin et al. 2019): a share of the positions is to be guessed.

    There the target is the text's id and the input is, by chance, `mask_id` (80 %), an id drawn from those of the text
    (10 %) or the text's own (10 %). Elsewhere the target is -100. At least one position in a batch is to be guessed.

    ids: list or 1-D array of integers, at least block_size of them, else ValueError
    mask_id: an id that the text does not use, such as the tokenizer's vocab_size (the model's vocabulary is then one larger)
    rng: an int seed or a NumPy generator
    """

    def __init__(self, ids, block_size, batch_size, mask_id, rng, share=0.15):
        super().__init__(ids, block_size, block_size, batch_size, rng)
        self._alphabet = np.unique(self._ids)
        if mask_id < 0 or mask_id in self._alphabet:
            raise ValueError(f"mask_id must be an id that the text does not use, got {mask_id}; use the tokenizer's vocab_size")
        if not 0 < share <= 1:
            raise ValueError(f"share must be above 0 and at most 1, got {share}; 0.15 is usual")
        self.mask_id, self.share = mask_id, share
        self._made_of |= {"mask_id": mask_id, "share": share}

    def __next__(self):
        windows = self._draw()
        chance = self.rng.random(windows.shape)
        guessed = (chance < self.share) | (chance == chance.min())  # the minimum: never none
        fate = self.rng.random(windows.shape)
        others = self.rng.choice(self._alphabet, size=windows.shape)
        disguised = np.where(fate < 0.8, self.mask_id, np.where(fate < 0.9, others, windows))
        return np.where(guessed, disguised, windows), np.where(guessed, windows, IGNORE)


def evaluation_windows(ids, block_size, n=64, batch_size=32):
    """The same windows every time, to judge a language model by: a list of (inputs, targets), n windows in all.

    They do not overlap and are evenly spread over `ids`. Where fewer than n fit, as many as fit. The last batch may be
    smaller than the others, so weigh losses by `len(inputs)`. ValueError for fewer than block_size + 1 ids.
    """
    for name, size in (("n", n), ("batch_size", batch_size)):
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}; 32 is usual")
    ids = _sequence(ids, block_size + 1, block_size)
    room = len(ids) - 1  # the last id is a target only
    n = min(n, room // block_size)
    starts = np.arange(n) * room // n
    return [inputs_and_targets(ids, batch, block_size) for batch in np.split(starts, range(batch_size, n, batch_size))]


def inputs_and_targets(ids, starts, block_size):
    """The windows of ids that begin at `starts`, (N,), and at each place the id that follows: (N, block_size) each."""
    places = starts[:, None] + np.arange(block_size)
    inputs = ids[places]                                    # (F1)
    targets = ids[places + 1]                               # (F2)
    return inputs, targets


def _shifted(windows):
    """Windows (N, T + 1) to inputs (F1) and targets (F2), each in memory of its own: to change one leaves the other."""
    return windows[:, :-1].copy(), windows[:, 1:].copy()


def _sequence(ids, needed, block_size):
    if block_size < 1:
        raise ValueError(f"block_size must be at least 1, got {block_size}; 64 is usual")
    ids = np.asarray(ids)
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise ValueError(f"ids must be a list or 1-D array of integers, got {ids.dtype} {ids.shape}; encode the text first")
    if len(ids) < needed:
        raise ValueError(
            f"the text must be at least {needed} ids long for block_size={block_size}, got {len(ids)}; "
            "give a longer text or a smaller block_size"
        )
    return np.ascontiguousarray(ids, dtype=np.int64)
