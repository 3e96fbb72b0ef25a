"""What counts as a submission, and what is in it, whatever the folders are called and hold."""

import os

import pytest

from minilora.course.submissions import DEEPEST, collect

NAME = "02a_linear.py"


def names(folder):
    return [submission.student for submission in collect(folder)[0]]


def test_folders_of_any_name_and_nothing_else(tmp_path):
    for name in ("-rf", "a b", "Zoë", "=1+1", ".hidden", "bob\n2 of 2"):
        (tmp_path / name).mkdir()
    (tmp_path / "carol.zip").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "a b")
    assert names(tmp_path) == ["-rf", "=1+1", "Zoë", "a b", r"bob\n2 of 2"]
    assert collect(tmp_path)[1] == ["carol.zip", "link"]


def test_a_name_that_is_no_text(tmp_path):
    try:
        os.mkdir(os.fsencode(tmp_path) + b"/bad\xff")
    except OSError:
        pytest.skip("this file system takes only text for names")
    assert names(tmp_path) == [r"bad\udcff"]


def test_of_several_the_one_least_deep(tmp_path):
    for place in ("alice/z", "alice/a/b"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / NAME).write_text("")
    assert collect(tmp_path)[0][0].answers == {"02a": tmp_path / "alice/z" / NAME}


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.mkdir(), "it is no ordinary file"),
        (os.mkfifo, "it is no ordinary file"),
        (lambda path: path.symlink_to("/etc/passwd"), "it is a link, not a file"),
        (lambda path: path.write_text("#" * (2 << 20)), "it has 2,097,152 bytes, more than 1,048,576"),
    ],
    ids=["folder", "fifo", "link", "large"],
)
def test_what_is_not_run_is_told(tmp_path, make, why):
    (tmp_path / "alice").mkdir()
    make(tmp_path / "alice" / NAME)
    (submission,) = collect(tmp_path)[0]
    assert submission.refused == {"02a": why} and not submission.answers


def test_a_file_that_cannot_be_read_stops_nobody_else(tmp_path, monkeypatch):
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / NAME).write_text("")

    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert collect(tmp_path)[0][0].refused == {"02a": "it cannot be read (Permission denied)"}


def test_folders_in_folders_have_an_end(tmp_path):
    """A thousand of them would be too deep for os.walk, which is recursive up to Python 3.11."""
    for depth in (DEEPEST, DEEPEST + 1):
        place = tmp_path / f"{depth} deep" / "/".join(["d"] * depth)
        place.mkdir(parents=True)
        (place / NAME).write_text("")
    assert [list(submission.answers) for submission in collect(tmp_path)[0]] == [["02a"], []]
