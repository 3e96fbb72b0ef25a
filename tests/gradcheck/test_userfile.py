"""Anyone's own file: found pairs, inputs of every form, and errors of one line."""

import sys

import pytest

from minilora.gradcheck import GradcheckError, check_file

PAIR = """
import numpy as np

def square_forward(x):
    return x * x, x

def square_backward(dy, x):
    return 2 * x * dy
"""
INPUTS = """
def square_inputs():
    return {"x": np.array([1.0, -2.0, 3.0])}
"""


@pytest.fixture
def write(tmp_path):
    def make(source, name="mine.py"):
        path = tmp_path / name
        path.write_text(source)
        return path

    return make


def test_a_right_pair_and_a_wrong_one(write):
    wrong = PAIR.replace("square", "cube").replace("x * x, x", "x * x * x, x").replace("2 * x", "3 * x")
    reports = check_file(write(PAIR + INPUTS + wrong + INPUTS.replace("square", "cube")))
    assert list(reports) == ["square", "cube"]
    assert reports["square"].ok and not reports["cube"].ok


@pytest.mark.parametrize(
    "inputs",
    [
        "def square_inputs(): return {'x': np.ones(3)}",
        "def square_inputs(rng): return {'x': rng.standard_normal(3)}",
        "def square_inputs(rng, N=3): return {'x': rng.standard_normal(N)}",
        "def square_inputs(N=3): return {'x': np.ones(N)}",
        "def square_inputs(): return {'x': np.ones(3)}, {}",
    ],
)
def test_forms_of_inputs(write, inputs):
    assert check_file(write(PAIR + inputs))["square"].ok


def test_constants_and_seed_are_handed_on(write):
    source = """
def scale_forward(x, factor): return factor * x, factor
def scale_backward(dy, factor): return factor * dy
def scale_inputs(rng): return {"x": rng.standard_normal((2, 3))}, {"factor": 3.0}
"""
    one, same, other = (check_file(write(source), rng=seed)["scale"]["x"].analytic for seed in (1, 1, 2))
    assert (one == same).all() and (one != other).all()
    loose = source.replace("return factor * dy", "return 1.001 * factor * dy")
    assert not check_file(write(loose))["scale"].ok and check_file(write(loose), rtol=0.1)["scale"].ok


def test_a_file_saved_twice_at_once_is_read_anew(write):
    assert check_file(write(PAIR + INPUTS))["square"].ok
    assert not check_file(write(PAIR.replace("2 *", "3 *") + INPUTS))["square"].ok


def test_neighbours_can_be_imported_and_leave_nothing_behind(write):
    before, path = set(sys.modules), list(sys.path)
    write("FACTOR = 2", "neighbour.py")
    mine = write(PAIR.replace("2 *", "FACTOR *") + "from neighbour import FACTOR\n" + INPUTS, "a file.py")
    assert check_file(mine)["square"].ok
    write("FACTOR = 5.0", "neighbour.py")
    assert not check_file(mine)["square"].ok
    assert set(sys.modules) == before and sys.path == path


def test_a_file_named_like_a_module_does_not_displace_it(write):
    import json

    assert check_file(write(PAIR + INPUTS, "json.py"))["square"].ok
    assert sys.modules["json"] is json


def test_imported_helpers_need_no_backward(write):
    write("def linear_forward(x): return x, None", "library.py")
    assert list(check_file(write("from library import linear_forward\n" + PAIR + INPUTS))) == ["square"]


@pytest.mark.parametrize(
    "source, message",
    [
        ("x = 1", "defines nothing to check: it needs functions NAME_forward, NAME_backward, NAME_inputs"),
        (PAIR, r"has square_forward and square_backward but no square_inputs; write def square_inputs\(rng\): return \{\"x\""),
        ("def a_forward(x): return x, None", r"has a_forward but no a_backward; write def a_backward\(dy, cache\): return"),
        ("def a_backward(dy, cache): return dy", r"has a_backward but no a_forward; write def a_forward"),
        ("def f(:", r"mine.py:1: invalid syntax"),
        ("import no_such_module_here", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module_here'"),
        (PAIR + "def square_inputs(): return np.ones(3)", "square_inputs must return .* got a ndarray"),
    ],
)
def test_errors_say_in_one_line_what_to_write(write, source, message):
    with pytest.raises(GradcheckError, match=message) as caught:
        check_file(write(source))
    assert "\n" not in str(caught.value) and "mine.py" in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(GradcheckError, match=r"none\.py cannot be read: No such file or directory"):
        check_file(tmp_path / "none.py")
    with pytest.raises(GradcheckError, match="cannot be read: Is a directory"):
        check_file(tmp_path)


RETURNS = [
    ("return x * x, x", "return x * x", r"square_forward must return a tuple \(y, cache\), got a ndarray; write return y, cache"),
    ("return x * x, x", "return [x], x", "square_forward returned a list as y; several outputs are not supported"),
    ("return x * x, x", "return None, x", "square_forward returned a NoneType as y, expected a floating array"),
    ("np.array([1.0, -2.0, 3.0])", "[1.0, 2.0]", r"square_inputs\['x'\] must be an array, got list; write np.array"),
    ("np.array([1.0, -2.0, 3.0])", "np.arange(3)", "square_inputs must hold a floating array, got x"),
    ('"x": np', '"z": np', r"square_forward\(\) got an unexpected keyword argument 'z'"),
]


@pytest.mark.parametrize("place, instead, message", RETURNS)
def test_what_the_functions_return_is_asked_for_by_name(write, place, instead, message):
    source = PAIR + INPUTS
    assert place in source
    with pytest.raises(GradcheckError, match=rf"mine\.py: {message}") as caught:
        check_file(write(source.replace(place, instead)))
    assert "\n" not in str(caught.value)


RAISES = [
    ("return 2 * x * dy", "return dy @ np.ones((7, 7))", r"8 in square_backward: ValueError: matmul: "),
    ("return x * x, x", "return np.linalg.inv(x), x", r"5 in square_forward: LinAlgError: "),
    ("return 2 * x * dy", "return (lambda: 1 / 0)()", "8 in <lambda>: ZeroDivisionError: "),
    ("return x * x, x", "assert False", r"5 in square_forward: AssertionError$"),
    ("return x * x, x", "raise KeyError('two\\nlines')", r"5 in square_forward: KeyError: "),
    ("return {", "return {0: 1 / 0, ", "11 in square_inputs: ZeroDivisionError: division by zero$"),
    ("return x * x, x", "raise SystemExit(0)", "5 in square_forward: SystemExit: 0; a file to check must not call sys.exit"),
]


@pytest.mark.parametrize("place, instead, message", RAISES)
def test_an_exception_is_told_by_its_line_in_the_file(write, place, instead, message):
    source = PAIR + INPUTS
    assert place in source
    with pytest.raises(GradcheckError, match=rf"mine\.py:{message}") as caught:
        check_file(write(source.replace(place, instead)))
    assert "\n" not in str(caught.value)


def test_a_file_that_exits_is_not_taken_for_a_right_one(write):
    with pytest.raises(GradcheckError, match=r"mine\.py cannot be loaded: SystemExit: 0; a file to check must not call"):
        check_file(write("import sys\n" + PAIR + INPUTS + "sys.exit(0)"))


@pytest.mark.parametrize("place", ["import numpy as np", "return x * x, x"])
def test_an_interrupt_comes_through(write, place):
    with pytest.raises(KeyboardInterrupt):
        check_file(write((PAIR + INPUTS).replace(place, "raise KeyboardInterrupt")))


def test_a_tolerance_that_is_none_is_refused_before_the_file_is_run(write):
    with pytest.raises(ValueError, match="rtol must be > 0, .* got nan"):
        check_file(write("1 / 0"), rtol=float("nan"))
