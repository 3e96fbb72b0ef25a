"""What a student's file may do to its own process, and what the judge's side makes of it."""

import os
import re
import time

import numpy as np
import pytest

from minilora.course.process import StudentProblem, StudentProcess

FORWARD = """
def f_forward(x):
    return 2 * x, x
"""
PAIR = FORWARD + """
def f_backward(dy, cache):
    return 2 * dy
"""
X, DY = np.arange(6.0).reshape(2, 3), np.ones((2, 3))


@pytest.fixture
def student(tmp_path):
    """Makes a StudentProcess of the given text, not started."""

    def make(text, seconds=20):
        file = tmp_path / "answer.py"
        file.write_text(text)
        return StudentProcess(file, ["f_forward", "f_backward"], seconds)

    return make


def problem(process):
    """What the student is told when the pair is run once."""
    with pytest.raises(StudentProblem) as told:
        with process as running:
            running.run({"x": X}, {}, DY)
    return str(told.value)


def test_arrays_come_back(student):
    with student(PAIR) as running:
        y, (dx,) = running.run({"x": X}, {}, DY)
        again, nothing = running.run({"x": X}, {})
    np.testing.assert_array_equal(y, 2 * X)
    np.testing.assert_array_equal(dx, 2 * DY)
    np.testing.assert_array_equal(again, y)
    assert nothing == ()


def test_an_absent_input_is_not_passed_and_none_comes_back(student):
    text = "def f_forward(x, b=None):\n    return x, b\ndef f_backward(dy, b):\n    return dy, b"
    with student(text) as running:
        _, (dx, db) = running.run({"x": X, "b": None}, {}, DY)
    assert db is None and dx.shape == X.shape


def test_gradients_may_come_by_name(student):
    with student(FORWARD + "def f_backward(dy, cache):\n    return {'x': 2 * dy}") as running:
        assert list(running.run({"x": X}, {}, DY)[1]) == ["x"]


def test_prints_are_kept_apart_from_answers(student):
    text = "import sys\nprint('{\"status\": \"ready\"}')\nprint('hello', file=sys.stderr)\n" + PAIR
    with student(text) as running:
        running.run({"x": X}, {}, DY)
    assert running.printed == '{"status": "ready"}\nhello\n'


def test_a_warning_names_the_file_alone(student):
    with student("import warnings\nwarnings.warn('careful')\n" + PAIR) as running:
        pass
    assert running.printed.startswith("answer.py:2: UserWarning: careful\n")


def test_what_was_printed_survives_an_endless_loop(student):
    process = student("print('so far')\nwhile True: pass\n", seconds=1.5)
    assert "no answer within 1.5 seconds" in problem(process)
    assert process.printed == "so far\n"


def test_only_the_beginning_of_a_long_output_is_kept(student):
    with student("print('x' * 100_000)\n" + PAIR) as running:
        pass
    assert running.printed == "x" * 2000 + " ... (and more)"


def test_not_solved_is_told_apart(student):
    text = PAIR.replace("return 2 * dy", "raise NotImplementedError('02a')")
    with pytest.raises(StudentProblem, match="^not solved yet: f_backward$") as told:
        with student(text) as running:
            running.run({"x": X}, {}, DY)
    assert told.value.kind == "unsolved"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (1,\n", r"SyntaxError: .* \(line 1: x = \(1,\)"),
        ("import no_such_module\n" + PAIR, r"the file stopped with ModuleNotFoundError: .*no_such_module.* \(line 1: "),
        (FORWARD, "no function f_backward"),
        (PAIR.replace("2 * x", "wrong * x"), r"f_forward stopped with NameError: .* \(line 3: return wrong \* x, x\)"),
        (PAIR.replace("2 * dy", "dy @ dy"), r"f_backward stopped with ValueError: matmul.* \(line 6: "),
        (PAIR.replace("2 * x, x", "2 * x"), r"f_forward must return y, cache; it returned an array of shape \(2, 3\)"),
        (PAIR.replace("return 2 * x, x", "pass"), "f_forward returned None: does it lack its return"),
        (PAIR.replace("return 2 * dy", "pass"), "f_backward returned None: does it lack its return"),
        (PAIR.replace("2 * dy", "((dy,),)"), "gradient 1 must be one array, got a tuple of 1"),
        (PAIR.replace("2 * dy", "'text'"), "must be an array of floats"),
        (PAIR.replace("2 * dy", "(dy, [[1], [1, 2]])"), "f_backward stopped with ValueError"),
        (PAIR.replace("return 2 * dy", "dy *= 2; return dy"), "f_backward changes dy in place"),
        (PAIR.replace("2 * dy", "f_backward(dy, cache)"), "f_backward stopped with RecursionError"),
        (PAIR.replace("2 * dy", "exit(0)"), "f_backward stopped with SystemExit"),
        ("import sys\nsys.exit(0)\n" + PAIR, "the file stopped with SystemExit"),
        ("import os\nos._exit(0)\n" + PAIR, r"ended without an answer \(exit code 0\)"),
        (PAIR.replace("2 * dy", "__import__('os')._exit(0)"), r"ended without an answer \(exit code 0\)"),
        (PAIR.replace("2 * dy", "bytearray(1 << 40)"), "f_backward stopped with MemoryError"),
        (PAIR.replace("2 * x, x", "__import__('numpy').zeros(4_000_000), x"), "must be an array of floats of the right shape"),
        ("for _ in range(100_000):\n    print('x' * 1000)\n" + PAIR, "OSError: .*File too large"),
        ("input()\n" + PAIR, "the file stopped with EOFError"),
    ],
)
def test_what_goes_wrong_is_told_with_the_line(student, text, said):
    told = problem(student(text))
    assert re.search(said, told), told
    assert "Traceback" not in told


def test_its_children_end_with_it(student, tmp_path):
    text = f"import subprocess\nsubprocess.run('sleep 2; touch {tmp_path}/late', shell=True)\n"
    assert re.search("no answer within 1 seconds|PermissionError", problem(student(text + PAIR, seconds=1)))
    time.sleep(1.5)
    assert not (tmp_path / "late").exists()


def test_a_fake_answer_in_the_judges_channel_is_not_believed(student):
    """The file finds the channel among its open descriptors and writes a verdict and rubbish into it."""
    text = """
import os
for n in range(3, 20):
    try:
        os.write(n, b'[{"status": "ready"}, 0]\\n[{"status": "done"}, 0]\\n')
    except OSError:
        pass
os._exit(0)
"""
    assert re.search("sent what is no answer|ended without an answer", problem(student(text + PAIR)))


def test_nothing_of_the_callers_environment_or_folder_is_seen(student, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    text = "import os\nassert 'SECRET_TOKEN' not in os.environ\nassert os.listdir('.') == []\nopen('left', 'w').close()\n" + PAIR
    with student(text) as running:
        folder = running._folder.name
        running.run({"x": X}, {}, DY)
    assert not os.path.exists(folder)
