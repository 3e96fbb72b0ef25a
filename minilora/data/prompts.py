"""Prompts and answers for a language model: the loss counts the answer alone.

A row is the prompt and the answer without its last token; at each place of the answer the target is the token to come:

    "12>twelve\\n"    inputs    1    2    >   t  w  e  l  v  e     padding, masked
                     targets  -100 -100  t   w  e  l  v  e  \\n    -100
"""

import numpy as np

from minilora.data.batches import IGNORE
from minilora.data.classification import pad
from minilora.data.rows import RandomRows, fingerprint


def prompt_rows(pairs, tokenizer, block_size):
    """(inputs, targets, mask), (M, T) each: a pair (prompt, answer) a row, padded on the right to the longest, T <= block_size.

    ValueError for a prompt or answer that is empty, or a pair of more than block_size + 1 tokens.
    """
    pairs = [(tokenizer.encode(prompt), tokenizer.encode(answer)) for prompt, answer in pairs]
    for number, (prompt, answer) in enumerate(pairs):
        if not prompt or not answer:
            raise ValueError(f"prompt and answer must not be empty, number {number} has {len(prompt)} and {len(answer)} tokens")
    inputs, mask = pad([(prompt + answer)[:-1] for prompt, answer in pairs], block_size)
    targets = np.full_like(inputs, IGNORE)
    for row, (prompt, answer) in zip(targets, pairs, strict=True):
        row[len(prompt) - 1 : len(prompt) - 1 + len(answer)] = answer
    return inputs, targets, mask


class PromptBatches(RandomRows):
    """An endless iterator of (inputs, targets, mask), as `prompt_rows` makes them; pairs are drawn with replacement.

    rng: an int seed or a NumPy generator. ValueError as of `prompt_rows`.
    """

    def __init__(self, pairs, tokenizer, block_size, batch_size, rng):
        arrays = prompt_rows(pairs, tokenizer, block_size)
        super().__init__(arrays, batch_size, rng, fingerprint(arrays))
