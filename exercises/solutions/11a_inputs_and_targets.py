"""Batches of ids, cut from one long sequence at random places to learn from, at fixed places to be judged on.

    ids: the text, (length,)   start: where each window begins, (N,)   t = 0 .. T-1, T = block_size

    (F1)  inputs  = ids[start + t]                                          (N, T)
    (F2)  targets = ids[start + t + 1]                                      (N, T)

Everything here is NumPy int64 on the host; the model moves the ids. A batch is (inputs, targets), both (N, T).
"""

import numpy as np


def inputs_and_targets(ids, starts, block_size):
    """The windows of ids that begin at `starts`, (N,), and at each place the id that follows: (N, block_size) each."""
    places = starts[:, None] + np.arange(block_size)
    inputs = ids[places]                                    # (F1)
    targets = ids[places + 1]                               # (F2)
    return inputs, targets
