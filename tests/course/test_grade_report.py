"""What `minilora grade` writes: text of students stays text, and every student has a folder."""

import pytest

from minilora.course import grade_report

RECORD = {"kind": "failed", "reached": [], "failures": [], "copied": False, "uses": [], "points": 0.0, "of": 1.0}


def test_names_and_outputs_of_students_are_only_text():
    evil = {"student": "=1+1", "points": 0, "of": 1, "exercises": {"02a": RECORD | {"report": "<script>alert(1)</script>"}}}
    assert "<script>" not in grade_report.feedback(evil) and "&lt;script&gt;" in grade_report.feedback(evil)
    assert "\n'=1+1," in grade_report.table({"students": [evil], "exercises": {"02a": 1}})


def test_folders_are_plain_and_no_two_are_alike():
    names = ["../../etc", "a b", "a_b", ".hidden", "ok-1.2"]
    folders = grade_report.folder_names(names)
    assert len(set(folders)) == 5 and folders[4] == "ok-1.2" and not [f for f in folders if f.startswith(".") or "/" in f]
    taken = grade_report.folder_names(["a b", folders[1], "Bob", "bob"])
    assert len({name.casefold() for name in taken}) == 4


def test_the_longest_name_has_a_folder(tmp_path):
    (name,) = grade_report.folder_names(["y " * 127])
    (tmp_path / name).mkdir()


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, ""),
        ({"kind": "borrowed"}, "02a calls the library's own solution"),
        ({"copied": True}, '"02a is the library\'s code, word for word"'),
        ({"uses": ["exec", "gc"]}, '"02a uses exec, gc"'),
    ],
)
def test_the_table_says_what_to_look_at(changes, note):
    student = {"student": "bob", "points": 0, "of": 1, "exercises": {"02a": RECORD | changes}}
    assert grade_report.table({"students": [student], "exercises": {"02a": 1}}).splitlines()[1] == f"bob,0,1,0,{note}"
