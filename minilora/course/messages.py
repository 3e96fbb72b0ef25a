"""What the judge and the student's process tell each other: a line of JSON, then arrays as safetensors. Nothing is unpickled."""

import json

import numpy as np
from safetensors.numpy import load, save


class LibraryAnswer(Exception):
    """An answer that calls the library's own solution."""


LONGEST_LINE, LARGEST_BODY = 1 << 20, 64 << 20  # bytes
KINDS = "biuf"  # of arrays, as NumPy has them: booleans, integers with and without a sign, floats


def send(stream, document, arrays=None):
    """Write one message: `document` is JSON, `arrays` {name: array of booleans, integers or floats}."""
    body = save({name: np.asarray(a, order="C") for name, a in arrays.items()}) if arrays else b""
    stream.write(json.dumps([document, len(body)]).encode() + b"\n" + body)
    stream.flush()


def receive(stream):
    """(document, arrays) of the next message. EOFError if there is none, ValueError if it is none of ours."""
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
        raise EOFError("no message, or not a whole one")
    try:
        document, size = json.loads(line)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("not a message") from error
    if not isinstance(document, dict) or not isinstance(size, int) or not 0 <= size <= LARGEST_BODY:
        raise ValueError("not a message")
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("half a message")
    try:
        arrays = load(body) if body else {}
    except Exception as error:  # of whatever kind: the other side may have written these bytes by hand
        raise ValueError("not a message") from error
    if any(a.dtype.kind not in KINDS for a in arrays.values()):
        raise ValueError("not a message")
    return document, arrays
