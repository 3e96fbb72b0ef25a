"""What every tokeniser does: text to ids and back, saved as JSON. The kinds are in `characters` and `bpe`."""

import types

import numpy as np

from minilora.files import FileError, load_json, save_json


class on_class_or_instance:
    """A method that also works on the class, on a new instance: `BPETokenizer.load(path)`. It returns the instance."""

    def __init__(self, method):
        self.method = method

    def __get__(self, instance, owner):
        return types.MethodType(self.method, owner() if instance is None else instance)


class Tokenizer:
    """Ids run from 0 to vocab_size - 1. A kind adds `train`, `encode`, `vocab_size`, and three that stay inside:

    _spell(ids): the text of a list of valid ids
    _state(): what `save` writes, a dict for JSON
    _restore(state): its inverse; KeyError, TypeError or ValueError for what `_state` cannot have made
    """

    kind = None
    eos = None  # the id that ends a text, where there is one

    def decode(self, ids):
        """The text of `ids`: a list or one-dimensional array of integers from 0 to vocab_size - 1, else ValueError."""
        ids = np.asarray(ids.tolist() if hasattr(ids, "tolist") else ids)  # tolist takes a device array to the host
        if ids.size == 0:
            return ""
        if ids.ndim != 1 or ids.dtype.kind not in "iu":
            raise ValueError(f"ids must be a list of integers, got shape {ids.shape} of {ids.dtype}; decode one text at a time")
        bad = np.flatnonzero((ids < 0) | (ids >= self.vocab_size))
        if bad.size:
            raise ValueError(
                f"ids must be from 0 to vocab_size - 1 = {self.vocab_size - 1}, got {ids[bad[0]]} at position {bad[0]}; "
                "decode with the tokenizer that encoded"
            )
        return self._spell(ids.tolist())

    def pieces(self, ids, start=()):
        """The text of `ids` piece by piece, each as soon as its ids came; together with those of `start` they spell decode(all).

        ids: any iterable of integers. A character whose bytes are spread over several ids waits for its last one.
        """
        known, said = list(start), len(self.decode(list(start)))
        for i in ids:
            known.append(int(i))
            text = self.decode(known)
            if not text.endswith("\N{REPLACEMENT CHARACTER}"):
                yield text[said:]
                said = len(text)
        yield self.decode(known)[said:]

    def save(self, path):
        """Write the tokeniser as JSON. FileError if the path cannot be written."""
        save_json(path, {"kind": self.kind, **self._state()})

    @on_class_or_instance
    def load(self, path):
        """Read what `save` wrote and return the tokeniser. FileError for a missing, broken or other file."""
        state = load_json(path)
        if not isinstance(state, dict) or state.get("kind") != self.kind:
            kind = state.get("kind") if isinstance(state, dict) else None
            found = f"a tokenizer of kind {kind!r}" if kind else "other JSON"
            raise FileError(f"{path}: expected a tokenizer of kind {self.kind!r}, found {found}; give a file its save wrote")
        try:
            self._restore(state)
        except (KeyError, TypeError, ValueError) as error:
            raise FileError(f"{path}: not a whole {self.kind} tokenizer ({error}); train and save it again") from error
        return self


def check_text(text):
    """Refuse what no tokeniser can be trained on: TypeError if not a str, ValueError if empty."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, got {type(text).__name__}; read a file with minilora.data.text_file(path).text")
    if not text:
        raise ValueError("text must not be empty; give the text to learn the vocabulary from")
