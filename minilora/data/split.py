"""Text to learn from and text to be judged on."""

import numpy as np

PIECE = 2000  # long enough for a few windows, short enough that every part of a text is held out somewhere


def split(ids_or_text, held_out=0.1):
    """(train, held_out): the text or ids in two, the second with the share `held_out` of them, between 0 and 1.

    Pieces of about 2,000 are held out, evenly spread, so that both parts see the whole text: held_out=0.1 takes every
    tenth piece. A text too short for that gives its end. Nothing is random. Both parts are of the type given: str, list or
    1-D array. Where pieces meet, a window may run from one into the next.
    """
    n = len(ids_or_text)
    if not 0 < held_out < 1:
        raise ValueError(f"held_out must be a share between 0 and 1, got {held_out}; 0.1 is usual")
    n_held_out = round(n * held_out)
    if not 0 < n_held_out < n:
        raise ValueError(f"cannot hold {held_out} out of a text of length {n}: one part would be empty; give a longer text")
    n_pieces = max(1, round(n_held_out / PIECE))
    train, held = [], []
    for k in range(n_pieces):
        start, end = n * k // n_pieces, n * (k + 1) // n_pieces
        cut = end - (n_held_out * (k + 1) // n_pieces - n_held_out * k // n_pieces)
        train.append(ids_or_text[start:cut])
        held.append(ids_or_text[cut:end])
    return _joined(train), _joined(held)


def _joined(pieces):
    if isinstance(pieces[0], str):
        return "".join(pieces)
    if isinstance(pieces[0], np.ndarray):
        return np.concatenate(pieces)
    return [i for piece in pieces for i in piece]
