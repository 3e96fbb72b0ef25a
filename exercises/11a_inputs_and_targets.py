"""Batches of ids, cut from one long sequence at random places to learn from, at fixed places to be judged on.

    ids: the text, (length,)   start: where each window begins, (N,)   t = 0 .. T-1, T = block_size

    (F1)  inputs  = ...                                          (N, T)
    (F2)  targets = ...                                      (N, T)

Everything here is NumPy int64 on the host; the model moves the ids. A batch is (inputs, targets), both (N, T).

Exercise 11a, lesson 11: What a language model is asked.
Write inputs_and_targets. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 11a       tests this file
    minilora exercise hint 11a        one hint more, each time
"""

import numpy as np


def inputs_and_targets(ids, starts, block_size):
    """The windows of ids that begin at `starts`, (N,), and at each place the id that follows: (N, block_size) each."""
    # (F1)  inputs =
    # (F2)  targets =
    raise NotImplementedError("11a: write inputs_and_targets")
