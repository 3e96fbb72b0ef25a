"""Topic classification: which package of the standard library is this piece of code from? As 20 newsgroups asks of a post."""

from minilora.data.corpora import keep_characters, library_files
from minilora.data.folds import hold_out_of_each
from minilora.data.task import Task
from minilora.files import FileError

PACKAGES = ("asyncio", "email", "unittest", "xml")  # 13 files and 240,000 characters or more each
SHORTEST = 0.5  # of a piece, as a share of max_chars: the line or two at a file's end say little


def topics(packages=PACKAGES, max_chars=128, held_out=0.2, keep_names=False, rng=0):
    """A Task: pieces of the packages' .py files, whole lines up to max_chars characters, labelled by package.

    Files are those of `library_files`, less characters outside DEMO_ALPHABET. A file is in train or held out, never in both;
    groups tell the files of train apart. Classes are of one size and take turns, as `hold_out_of_each` says. In Python 3.11:
    4 x 1,786 and 4 x 567 pieces; naive Bayes on runs of 5 characters (c = 0.1) is right on 86 % of those held out.

    Lines that name a package of the list, in any case ("import asyncio"), are left out; keep_names=True keeps them, and a
    model then has only to find the name. What still tells: the packages' own words (loop, payload, mock, SAX), the names of
    the modules beside them, their manner of indenting and quoting. FileError for a package of fewer files than two.
    """
    library, left_out = library_files(), () if keep_names else packages
    texts, paths = [], []  # of each class
    for package in packages:
        files = {path: text for path, text in library.items() if path.startswith(f"{package}/")}
        found = [(piece, path) for path, text in files.items() for piece in pieces(text, max_chars, left_out)]
        if len({path for _, path in found}) < 2:
            raise FileError(f"{package}: this Python has {len(files)} files of it, needed are 2; leave it out by packages=(...)")
        texts.append([piece for piece, _ in found])
        paths.append([path for _, path in found])
    train, held = hold_out_of_each(paths, held_out, rng)
    numbers = {path: i for i, path in enumerate(library)}
    return Task(
        "topics",
        [(texts[label][i], label) for label, i in train],
        [(texts[label][i], label) for label, i in held],
        f"pieces of {max_chars} characters of the standard library, {'with' if keep_names else 'without'} the packages' names",
        classes=tuple(packages),
        groups=tuple(numbers[paths[label][i]] for label, i in train),
    )


def pieces(text, max_chars, names=()):
    """`text` in pieces of whole lines, at most max_chars characters each and at least half of that.

    A longer line is cut at max_chars. Lines that hold one of `names`, in any case, are left out, and so are empty ones.
    """
    found, piece = [], ""
    for line in keep_characters(text).splitlines(keepends=True):
        if not line.strip() or any(name in line.lower() for name in names):
            continue
        if len(piece) + len(line) > max_chars:
            found.append(piece)
            piece = ""
        piece += line[:max_chars]
    return [piece for piece in (*found, piece) if len(piece) >= SHORTEST * max_chars]
