"""Real text on every machine, without a download: the Python documentation, the standard library's code, your own file.

Both of Python's texts change with its version, so a `Corpus` carries version and hash: write its `record()` beside every result.
"""

import hashlib
import os
import platform
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from minilora.files import FileError, load_text

DEMO_ALPHABET = "\t\n" + "".join(map(chr, range(32, 127)))  # tab, newline and printable ASCII: 97 characters

LEFT_OUT = {  # folders of the standard library's place that are tests, tables, other people's packages or not code
    *("test", "tests", "idle_test", "idlelib", "lib2to3", "encodings", "pydoc_data"),
    *("ensurepip", "site-packages", "dist-packages", "__pycache__"),
}
GENERATED = ("config-", "_sysconfigdata")  # written when Python was built, and full of that machine's paths
GOLDEN_RATIO = (1 + 5**0.5) / 2


@dataclass(frozen=True)
class Corpus:
    """A text and where it is from. `version` is that of the Python that gave it; `sha256` is of the text in UTF-8."""

    name: str
    text: str = field(repr=False)
    source: str
    version: str = field(init=False, default_factory=platform.python_version)
    sha256: str = field(init=False)

    def __post_init__(self):
        digest = hashlib.sha256(self.text.encode("utf-8", errors="surrogatepass")).hexdigest()
        object.__setattr__(self, "sha256", digest)

    def plain(self):
        """The same Corpus of tabs, newlines and printable ASCII alone, which `DEMO_ALPHABET` holds."""
        return Corpus(self.name, keep_characters(self.text), self.source)

    def record(self):
        """What to write beside a result, ready for JSON: everything but the text, and its length."""
        others = {name: getattr(self, name) for name in ("name", "source", "version", "sha256")}
        return {**others, "characters": len(self.text)}


def python_docs():
    """The prose of `pydoc_data.topics`, what `help()` knows of the language, its topics in alphabetical order.

    About 465,000 characters in Python 3.11. FileError where Python came without it.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise FileError("pydoc_data.topics: this Python came without it; give your own text with text_file(path)") from error
    text = "\n".join(topics[name] for name in sorted(topics))
    return Corpus("python-docs", _newlines(text), f"pydoc_data.topics, {len(topics)} topics")


def standard_library(max_chars=None):
    """The standard library's own .py files, sorted by path, a blank line between two.

    Left out: tests, idlelib, lib2to3, encodings (tables), pydoc_data (the other corpus), ensurepip and installed packages,
    files written when Python was built, empty files and files that are not UTF-8. In Python 3.11: about 8.8 million characters.

    max_chars: take whole files only up to so many characters, chosen evenly over the list and not from its start.
    ValueError where no file is that short; FileError where Python came without its sources.
    """
    texts = list(library_files().values())
    found = len(texts)
    if max_chars is not None:
        texts = _evenly(texts, max_chars)
    return Corpus("standard-library", "\n".join(texts), f"the standard library's own code, {len(texts)} of {found} files")


def library_files():
    """{path within the library: its text} of the files that `standard_library` describes, sorted by path.

    FileError where Python came without its sources.
    """
    folder = Path(sysconfig.get_path("stdlib"))
    texts = {path.relative_to(folder).as_posix(): _code(path) for path in _code_files(folder)}
    if not any(texts.values()):
        raise FileError(f"{folder}: holds no .py files of the standard library; give your own text with text_file(path)")
    return {path: text for path, text in texts.items() if text}


def text_file(path):
    """Your own text, a UTF-8 file. FileError if it is missing, no text, or empty."""
    text = load_text(path)
    if "\0" in text:
        raise FileError(f"{path}: holds zero bytes, so it is no text; give a text file in UTF-8")
    text = _newlines(text.removeprefix("\ufeff"))  # the mark that some editors put first
    if not text.strip():
        raise FileError(f"{path}: is empty; give a file with text in it")
    return Corpus(Path(path).name, text, str(path))


def keep_characters(text, alphabet=DEMO_ALPHABET):
    """`text` without the characters that are not in `alphabet`."""
    dropped = set(text).difference(alphabet)
    return text.translate({ord(character): None for character in dropped})


def _code_files(folder):
    paths = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(GENERATED)]
        paths += [Path(place, name) for name in names if name.endswith(".py") and not name.startswith(GENERATED)]
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def _code(path):
    try:
        return _newlines(load_text(path))
    except FileError:
        return ""


def _evenly(texts, max_chars):
    """As many texts as fit, in their order. Steps of the golden ratio leave no large gap, however many are taken."""
    left, chosen = max_chars + 1, []
    for i in sorted(range(len(texts)), key=lambda i: i * GOLDEN_RATIO % 1):
        if len(texts[i]) < left:
            chosen.append(i)
            left -= len(texts[i]) + 1  # and the blank line between two
    if not chosen:
        raise ValueError(f"max_chars must hold at least one file, of {min(map(len, texts))} characters or more, got {max_chars}")
    return [texts[i] for i in sorted(chosen)]


def _newlines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")
