"""The student's folder: start, check, hint, solution, list."""

import pytest

from minilora.cli import main
from minilora.course import exercises
from minilora.course.catalogue import CATALOGUE, EXERCISES


def test_start_copies_the_stub_and_never_overwrites(tmp_path):
    path = exercises.start("02", tmp_path / "mine")
    assert path.name == "02a_linear.py" and path.read_text() == (EXERCISES / path.name).read_text()
    path.write_text("my work")
    with pytest.raises(FileExistsError, match="exists already"):
        exercises.start("02", tmp_path / "mine")
    assert path.read_text() == "my work"
    exercises.start("02", tmp_path / "mine", force=True)
    assert "NotImplementedError" in path.read_text()


def status(folder):
    return next(row[2] for row in exercises.listing(folder) if row[0] == "02a")


def test_from_start_to_solved(tmp_path):
    assert [row[2] for row in exercises.listing(tmp_path)] == ["not started"] * len(CATALOGUE)
    path = exercises.start("02", tmp_path)
    result = exercises.check_exercise("02", tmp_path)
    assert result.unsolved and status(tmp_path) == "started"
    path.write_text(exercises.solution("02"))
    assert exercises.check_exercise("02", tmp_path).ok
    assert status(tmp_path) == "solved"
    path.write_text("def linear_forward(): pass")
    assert not exercises.check_exercise("02", tmp_path).ok
    assert status(tmp_path) == "started"


def test_check_before_start_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="minilora exercise start 02a"):
        exercises.check_exercise("02", tmp_path)


def test_hints_come_one_at_a_time(tmp_path):
    texts = [exercises.hint("02", folder=tmp_path) for _ in range(5)]
    assert [text.split(" (")[0] for text in texts[:4]] == [
        f"02a, hint {n} of 4: {kind}" for n, kind in enumerate(("symptom", "cause", "formula", "solution"), 1)
    ]
    assert texts[4] == texts[3]
    assert "(B2)  dW = sum over rows  dy^T x" in texts[2] and "def linear_backward" in texts[3]
    assert exercises.hint("02", n=1, folder=tmp_path) == texts[0]
    assert "hint 1 of 4" in exercises.hint("07", folder=tmp_path)
    with pytest.raises(ValueError, match="between 1 and 4, got 5"):
        exercises.hint("02", n=5, folder=tmp_path)


@pytest.mark.parametrize("exercise", CATALOGUE.values(), ids=CATALOGUE)
def test_every_hint_is_there(exercise):
    texts = exercises.hints(exercise)
    assert list(texts) == ["symptom", "cause", "formula", "solution"]
    assert all(len(texts[kind]) > 100 for kind in ("symptom", "cause", "solution")) and len(texts["formula"]) > 10


def test_a_hint_fits_the_terminal(tmp_path):
    assert max(map(len, exercises.hint("02", n=1, folder=tmp_path).splitlines())) <= 100


def test_unknown_numbers_are_refused_everywhere(tmp_path):
    for call in (exercises.start, exercises.check_exercise, exercises.hint, exercises.solution):
        with pytest.raises(ValueError, match="choose one of 01a, "):
            call("99")


def test_a_wrong_answer_is_told_the_next_step(tmp_path, capsys):
    folder = str(tmp_path / "my own")
    assert main(["exercise", "start", "17b", "--folder", folder]) == 0
    assert capsys.readouterr().out.endswith(f"then: minilora exercise check 17b --folder '{folder}'\n")
    assert main(["exercise", "check", "17b", "--folder", folder]) == 1
    assert capsys.readouterr().out.endswith(f"\nnext: minilora exercise hint 17b --folder '{folder}'\n")
    exercises.start("17b", folder, force=True).write_text(exercises.solution("17b"))
    assert main(["exercise", "check", "17b", "--folder", folder]) == 0
    assert "next:" not in capsys.readouterr().out
