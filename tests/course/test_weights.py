"""The weights file: what it may say, and what an answer gets by it."""

import pytest

from minilora.course import grading
from minilora.files import FileError


def record(**changes):
    base = {"kind": "failed", "reached": [], "report": "", "failures": [], "copied": False, "uses": [], "points": 0.0, "of": 1.0}
    return base | changes


def test_weights_and_shares(tmp_path):
    path = tmp_path / "weights.toml"
    path.write_text("[weights]\n02a = 4\n07a = 2\n[levels]\nforward = 0.25\nscale = 0.75\n")
    scheme = grading.read_scheme(path)
    assert scheme.points("02a", record(kind="right", reached=["runs", "exact"])) == 4
    assert scheme.points("02a", record(reached=["runs", "shape", "forward", "direction"])) == 1
    assert scheme.points("02a", record(reached=["runs", "shape", "forward", "direction", "scale"])) == 3
    assert scheme.points("02a", record(kind="borrowed", reached=["runs"])) == 0
    assert scheme.points("07a", record(reached=["runs"])) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("02a = 1", r"needs a table \[weights\]"),
        ("[weights", "is not TOML"),
        ("[weights]\n99z = 1", r"\[weights\] has '99z'; choose from 01a|02a"),
        ("[weights]\n02a = -1", "between 0 and 1000, got -1"),
        ("[weights]\n02a = 'x'", "got 'x'"),
        ("[weights]\n02a = 1\n[levels]\nforward = 2", "between 0 and 1, got 2"),
        ("[weights]\n02a = 1\n[more]\nx = 2", "may hold the tables"),
    ],
)
def test_a_wrong_weights_file_is_told(tmp_path, text, said):
    path = tmp_path / "weights.toml"
    path.write_text(text)
    with pytest.raises(FileError, match=said):
        grading.read_scheme(path)
