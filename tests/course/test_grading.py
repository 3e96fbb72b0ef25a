"""Grades: honest answers get their points, hostile ones change nothing but their own, and what is written can be read safely."""

import csv
import json
import socket
import threading
from pathlib import Path

import pytest

from minilora.course import grade_report, grading
from minilora.course.catalogue import EXERCISES
from minilora.files import FileError

pytestmark = pytest.mark.xdist_group("grading")  # all of it is graded once, by one process

NAME = "02a_linear.py"
WRONG = """
def linear_forward(x, W, b=None):
    return x @ W.T + (0 if b is None else b), (x, W, b is not None)
def linear_backward(dy, cache, needs=None):
    x, W, has_bias = cache
    dx = dy @ W
    return dx, 2 * dx[0].T @ dy[0], dy.sum(axis=(0, 1)) if has_bias else None
"""
RIGHT = WRONG.replace("2 * dx[0].T @ dy[0]", "dy.reshape(-1, dy.shape[-1]).T @ x.reshape(-1, x.shape[-1])")
IN_BACKWARD = WRONG.replace("    dx = dy @ W", "    import os, sys, threading\n    {}\n    dx = dy @ W")
HOSTILE = {
    "patches_numpy": "import numpy as np\nnp.array_equal = np.allclose = lambda *a, **k: True\nnp.abs = lambda x: 0\n" + WRONG,
    "patches_gradcheck": "import minilora.gradcheck as g, minilora.gradcheck.pair as p\n"
    "class R:\n    ok = True\n    inputs = {}\n    findings = []\ng.check = p.check = lambda *a, **k: R()\n" + WRONG,
    "patches_the_judge": "import minilora.course.judge as j, minilora.course.compare as c\n"
    "j.judge_pair = lambda *a: ([], ())\nc.unequal = c.unlike = lambda *a: None\n" + WRONG,
    "patches_its_process": "import __main__\n__main__.answer = lambda *a: ({'status': 'done', 'ok': True}, {})\n" + WRONG,
    "exits": "import sys\nsys.exit(0)\n" + WRONG,
    "exits_at_once": IN_BACKWARD.format("os._exit(0)"),
    "prints_a_result": "print('[{\"status\": \"done\", \"ok\": true}, 0]')\nprint('02a right, 1 of 1 points')\n" + WRONG,
    "writes_to_every_channel": "import os\nfor n in range(64):\n    try:\n        os.write(n, b'[{\"status\": \"ready\"}, 0]\\n'"
    " + b'[{\"status\": \"done\", \"gradients\": 7, \"results\": []}, 0]\\n' * 9)\n    except OSError:\n        pass\n" + WRONG,
    "sends_nested_lists": "import os\nfor n in range(64):\n    try:\n        os.write(n, b'[' * 900_000 + b'\\n')\n"
    "    except OSError:\n        pass\n" + WRONG,
    "complains_in_half_a_character": "raise ValueError('\\ud800 \\x1b[2J')\n" + WRONG,
    "recurses": IN_BACKWARD.format("return linear_backward(dy, cache)"),
    "recurses_in_c": "import sys\nsys.setrecursionlimit(10**8)\n" + IN_BACKWARD.format("return linear_backward(dy, cache)"),
    "starts_threads": "import threading as t\nfor _ in range(5000): t.Thread(target=t.Event().wait).start()\n" + WRONG,
    "thread_after_the_answer": "import threading\ndef spin():\n    while True: pass\n"
    "threading.Thread(target=spin, daemon=True).start()\n" + WRONG,
    "forks": IN_BACKWARD.format("while True: os.fork()"),
    "starts_a_process": IN_BACKWARD.format("__import__('subprocess').Popen(['sleep', '60'], start_new_session=True)"),
    "loops": IN_BACKWARD.format("while True: pass"),
    "takes_memory": IN_BACKWARD.format("a = [bytearray(1 << 30) for _ in range(64)]"),
    "prints_without_end": IN_BACKWARD.format("while True: print('x' * 1000)"),
    "writes_a_large_file": IN_BACKWARD.format("open('large', 'wb').write(bytes(1 << 30))"),
    "kills_the_judge": IN_BACKWARD.format("[os.kill(n, 9) for n in (os.getppid(), 1, -1)]"),
    "reads_the_solution": "exec(open({solution!r}).read())",
    "reads_another_student": "exec(open({honest!r}).read())",
    "writes_to_the_grader": "for path in {targets!r}:\n    try:\n        open(path, 'a').write('changed')\n"
    "    except OSError:\n        pass\n" + WRONG,
    "calls_home": "import socket\nsocket.create_connection(('127.0.0.1', {port}), 2).send(b'hello')\n" + RIGHT,
    "knows_the_usual_inputs": RIGHT.replace("    dx = dy @ W", "    dx = dy @ W * (abs(x.flat[0] - 0.12573022) < 1e-6)"),
    "answers_with_nothing": WRONG.replace("return dx, 2", "return None, None, None, 2"),
    "answers_with_objects": WRONG.replace("return dx, 2", "return object(), [dx], 2"),
    "answers_without_numbers": WRONG.replace("return dx, 2", "return dx * float('nan'), x * float('inf'), 2"),
    "loads_the_library_again": "import importlib, minilora.ops.linear as m\nm = importlib.reload(m)\n"
    "linear_forward, linear_backward = m.linear_forward, m.linear_backward\n",
    "reads_the_library": "import minilora.ops.linear as m\nexec(open(m.__file__).read())\n",
    "is_no_python": "\x00\x01 not python",
}
NEED_WALLS = ("reads_the_solution", "reads_another_student", "reads_the_library", "loads_the_library_again", "calls_home")
BORROWED = {
    "imports_it": "from minilora.ops.linear import *",
    "imports_it_by_name": "import importlib\nm = importlib.import_module('minilora.ops')\n"
    "linear_forward, linear_backward = m.linear_forward, m.linear_backward",
    "takes_it_from_the_registry": "from minilora.ops import registry\n"
    "def linear_forward(x, W, b=None):\n    return registry['linear'].forward(x, W, b)\n"
    "def linear_backward(dy, cache, needs=None):\n    return registry['linear'].backward(dy, cache)",
}
SECONDS = 6


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Everything that was handed in, graded once: the result, its folder, and what the hostile ones would have changed."""
    folder = tmp_path_factory.mktemp("submissions")
    out = tmp_path_factory.mktemp("grades")
    reached = []
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: reached.append(server.accept()), daemon=True).start()
    kept = [folder / "honest" / NAME, EXERCISES / "solutions" / NAME, Path(grading.__file__)]
    targets = [*kept, out / "grades.csv", out / "seed.json"]
    places = {
        "solution": str(EXERCISES / "solutions" / NAME),
        "honest": str(folder / "honest" / NAME),
        "targets": [str(path) for path in targets],
        "port": server.getsockname()[1],
    }
    texts = {"honest": RIGHT, "unsolved": (EXERCISES / NAME).read_text(), **BORROWED}
    for name, text in HOSTILE.items():
        for key, value in places.items():
            text = text.replace(f"{{{key}!r}}", repr(value)).replace(f"{{{key}}}", str(value))
        texts[name] = text
    for name, text in texts.items():
        (folder / name).mkdir()
        (folder / name / NAME).write_text(text)
    (folder / "links").mkdir()
    (folder / "links" / NAME).symlink_to(folder / "honest" / NAME)
    (folder / "is_large").mkdir()
    (folder / "is_large" / NAME).write_text("#" * (2 << 20))
    before = [path.read_bytes() for path in kept]
    result = grading.grade(folder, out, seconds=SECONDS, jobs=2)
    return {
        "students": {student["student"]: student for student in result["students"]},
        "result": result,
        "folder": folder,
        "out": out,
        "reached": reached,
        "changed": before != [path.read_bytes() for path in kept] or (out / "grades.csv").exists(),
    }


def test_an_honest_answer_gets_its_points(graded):
    assert graded["students"]["honest"]["points"] == 1
    assert graded["students"]["honest"]["exercises"]["02a"]["reached"][-1] == "exact"
    assert graded["students"]["unsolved"]["points"] == 0
    assert graded["students"]["unsolved"]["exercises"]["02a"]["kind"] == "unsolved"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_gets_nothing(graded, name):
    if name in NEED_WALLS and not isolated(graded):
        pytest.skip("this system does not cut a process off")
    assert graded["students"][name]["points"] == 0, graded["students"][name]["exercises"]["02a"]["report"]


@pytest.mark.parametrize("name", BORROWED)
def test_the_library_as_an_answer_gets_nothing_and_is_told(graded, name):
    record = graded["students"][name]["exercises"]["02a"]
    assert record["points"] == 0 and record["kind"] == "borrowed"
    assert "calls the library's own solution" in record["report"] and "write it yourself" in record["report"]


def test_nothing_outside_was_changed_or_reached(graded):
    if not isolated(graded):
        pytest.skip("this system does not cut a process off")
    assert not graded["changed"] and graded["reached"] == []


def test_links_and_large_files_are_not_run(graded):
    for name, said in {"links": "it is a link", "is_large": "2,097,152 bytes, more than"}.items():
        record = graded["students"][name]["exercises"]["02a"]
        assert record["kind"] == "refused" and said in record["report"]


def isolated(graded):
    return {"network", "files", "processes"} <= set(graded["result"]["isolated"])


def test_a_second_run_judges_nothing_again(graded, monkeypatch):
    monkeypatch.setattr(grading, "judge", lambda *a, **k: pytest.fail("judged again"))
    again = grading.grade(graded["folder"], graded["out"], seconds=SECONDS, jobs=1)
    assert again["students"] == graded["result"]["students"]


def test_what_is_written(graded):
    path = grade_report.write(graded["result"], graded["out"])
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert {row["student"]: row["02a"] for row in rows if float(row["points"])} == {"honest": "1"}
    assert next(row for row in rows if row["student"] == "imports_it")["note"].startswith("02a calls the library's own solution")
    results = json.loads((graded["out"] / "students" / "honest" / "results.json").read_text())
    assert results["score"] == 1 and results["tests"][0]["max_score"] == 1 and results["tests"][0]["status"] == "passed"
    page = (graded["out"] / "students" / "loops" / "feedback.html").read_text()
    assert f"no answer within {SECONDS} seconds" in page and "0 of 1 points" in page
    page = (graded["out"] / "students" / "complains_in_half_a_character" / "feedback.html").read_text()
    assert r"ValueError: \ud800 \x1b[2J" in page
    assert next(row for row in rows if row["student"] == "reads_the_library")["note"].startswith("02a uses __file__, exec, ")


def test_a_folder_without_submissions_is_told(tmp_path):
    with pytest.raises(FileError, match="a folder for each student"):
        grading.grade(tmp_path / "in", tmp_path / "out")


def test_grades_do_not_lie_among_the_submissions(tmp_path):
    (tmp_path / "alice").mkdir()
    for out in (tmp_path, tmp_path / "grades"):
        with pytest.raises(FileError, match="lies in the folder of submissions"):
            grading.grade(tmp_path, out)
