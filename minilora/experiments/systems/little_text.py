"""A little of the target's text, as one has who has not much: other pieces of it with each seed."""

import numpy as np

from minilora import backend

PIECE = 512  # characters: a few windows, so that little is lost where pieces meet


def little_text(arena, seed, n_pieces):
    """Ids (n_pieces, PIECE), drawn from all of the target's text to learn from; none twice, in no order.

    ValueError if there are fewer pieces.
    """
    ids = arena.ids["target.train"]
    starts = PIECE * backend.as_generator(seed).choice(len(ids) // PIECE, n_pieces, replace=False)
    return np.stack([ids[start : start + PIECE] for start in starts])
