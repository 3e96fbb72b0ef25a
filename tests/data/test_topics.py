"""Topics: whole lines of real files, classes of one size, no file on both sides, no package's name."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minilora.data import DEMO_ALPHABET, keep_characters, library_files, topics
from minilora.data.topics import PACKAGES, pieces
from minilora.files import FileError


@pytest.fixture(scope="module")
def task():
    return topics()


def test_classes_are_of_one_size_and_any_beginning_is_balanced(task):
    assert task.classes == PACKAGES
    for part in (task.train, task.held_out):
        counts = Counter(label for _, label in part)
        assert sorted(counts) == [0, 1, 2, 3] and len({*counts.values()}) == 1
        assert [label for _, label in part[:40]] == [0, 1, 2, 3] * 10
    assert len(task.train) > 3000 and 0.12 < len(task.held_out) / len(task.train) < 0.5


def test_pieces_are_of_their_package_and_of_no_file_of_the_other_part(task):
    """Looked up in the library's text: what stands in a held-out file alone is in no training piece."""
    texts = {}
    for path, text in library_files().items():
        package = path.split("/")[0]
        if package in PACKAGES:
            lines = [line for line in keep_characters(text).splitlines(keepends=True) if line.strip()]
            kept = [line for line in lines if not any(name in line.lower() for name in PACKAGES)]
            texts[path] = (PACKAGES.index(package), "".join(kept))
    files = [
        [{path for path, (l, text) in texts.items() if l == label and piece in text} for piece, label in part[:600]]
        for part in (task.train, task.held_out)
    ]
    whole = [[found for found in part if found] for part in files]
    assert all(len(part) > 560 for part in whole)  # the others: lines that were cut
    sure = [{next(iter(found)) for found in part if len(found) == 1} for part in whole]
    assert not sure[0] & sure[1] and min(map(len, sure)) > 10


def test_groups_tell_the_files_of_training_pieces_apart(task):
    assert len(task.groups) == len(task.train)
    of_label = {}
    for group, (_, label) in zip(task.groups, task.train, strict=True):
        of_label.setdefault(group, set()).add(label)
    assert all(len(labels) == 1 for labels in of_label.values()) and len(of_label) > 40


def test_texts_are_short_printable_and_name_no_package(task):
    for text, _ in task.train + task.held_out:
        assert 64 <= len(text) <= 128 and {*text} <= {*DEMO_ALPHABET}
        assert not any(name in text.lower() for name in PACKAGES)
    named = topics(keep_names=True)
    assert sum("import xml" in text or "from xml" in text for text, _ in named.train) > 3
    assert "with the packages' names" in named.source and named != task


def test_the_same_seed_gives_the_same_task(task):
    assert topics() == task and topics(rng=1) != task
    assert topics(max_chars=64).train[0] != task.train[0]


def test_lines_stay_whole_where_they_fit():
    text = "import xml\nab\n\ncdef\ng = 1\n" + "x" * 25 + "\nTail\n"
    assert pieces(text, 10) == ["import xml", "ab\ncdef\n", "g = 1\n", "x" * 10, "Tail\n"]
    assert pieces(text, 10, ("xml", "tail")) == ["ab\ncdef\n", "g = 1\n", "x" * 10]
    assert pieces("ab\n", 10) == [] and pieces("", 10) == []


@settings(derandomize=True, deadline=None)
@given(text=st.text("ab \n\té", max_size=200), max_chars=st.integers(1, 30))
def test_pieces_are_parts_of_the_text_in_order(text, max_chars):
    lines = [line for line in text.replace("é", "").split("\n") if line.strip()]
    where = 0
    for piece in pieces(text, max_chars):
        assert max_chars / 2 <= len(piece) <= max_chars
        for line in piece.splitlines():
            where += next(i for i, other in enumerate(lines[where:]) if other.startswith(line)) + 1


def test_a_package_that_is_not_there():
    with pytest.raises(FileError, match="nosuch: this Python has 0 files of it, needed are 2; leave it out by packages="):
        topics(packages=("email", "nosuch"))
