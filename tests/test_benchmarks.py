"""The race of the benchmarks: who takes turns, and what is made of their answers."""

import importlib.util
import json
import mmap
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
SCRIPT = '''"""A race."""
import sys
sys.path.insert(0, {folder!r})
from race import Figure, main

def steady(seconds):
    answer = {{"seconds": [seconds, 3 * seconds, 2 * seconds], "peak_mb": 100 * seconds}}
    return lambda: (lambda: answer, {{"what": f"takes {{seconds}}"}})

def dies():
    sys.exit("dies: no such model")

CONTESTANTS = {{"quick": steady(1.0), "slow": steady(4.0), **({{"dies": dies}} if {dies} else {{}})}}
main(__file__, __doc__, CONTESTANTS, (Figure("time", "quick", "slow", 0.5), Figure("memory", "slow", "quick", of="peak_mb")), 3)
'''


@pytest.fixture(scope="module")
def race():
    spec = importlib.util.spec_from_file_location("race", FOLDER / "race.py")
    module = sys.modules["race"] = importlib.util.module_from_spec(spec)  # dataclass looks its module up
    spec.loader.exec_module(module)
    return module


def run(tmp_path, *options, dies=False):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(folder=str(FOLDER), dies=dies))
    return subprocess.run([sys.executable, script, *options], capture_output=True, text=True, timeout=60)


def test_ratios_of_medians(tmp_path):
    result = run(tmp_path, "--turns", "2", "--json", str(tmp_path / "kept.json"))
    assert "time: quick / slow = 0.25 (0.25 to 0.25, to reach: 0.5)" in result.stdout
    assert "memory: slow / quick = 4.00" in result.stdout
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert [row["ratio"] for row in kept["figures"]] == [0.25, 4.0]
    assert len(kept["answers"]["quick"]) == 2 and kept["about"]["slow"]["what"] == "takes 4.0"


def test_a_contestant_that_cannot_run_ends_the_race(tmp_path):
    result = run(tmp_path, dies=True)
    assert result.returncode == 1 and "dies: no such model" in result.stderr
    assert "contestant 'dies' ended without an answer" in result.stderr


def test_the_ratio_is_taken_turn_by_turn(race):
    """A machine that is three times slower in one turn is so for both."""
    figure = race.Figure("time", "a", "b")
    answers = {"a": [{"seconds": [1.0]}, {"seconds": [3.0]}, {"seconds": [1.1]}],
               "b": [{"seconds": [2.0]}, {"seconds": [6.0]}, {"seconds": [2.2]}]}  # fmt: skip
    row = race.ratio(figure, answers)
    assert row["ratio"] == row["least"] == row["most"] == 0.5 and row["mine_median"] == 1.1


def test_a_turn_warms_up_and_then_counts(race):
    calls = []
    answer = race.timed(lambda: calls.append(1), 4)()
    assert len(calls) == 5 and len(answer["seconds"]) == 4


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory is Linux's to tell")
def test_the_peak_of_a_turn_is_that_of_the_turn(race):
    def turn():
        with mmap.mmap(-1, 80_000_000) as fresh:  # not what the process has freed already
            fresh[:: mmap.PAGESIZE] = bytes(len(range(0, 80_000_000, mmap.PAGESIZE)))
        return {"seconds": [0.0]}

    large, small = race.with_peak(turn)(), race.with_peak(lambda: {"seconds": [0.0]})()
    assert 60 < large["peak_mb"] - small["peak_mb"] < 120


def test_what_the_system_does_not_tell_ends_no_race(race):
    row = race.ratio(race.Figure("memory", "a", "b", of="peak_mb"), {"a": [{"peak_mb": 0.0}], "b": [{"peak_mb": 0.0}]})
    assert row["ratio"] != row["ratio"] and "nan" in race.line(row)


def test_contestants_that_compute_something_else_have_no_ratio(race):
    race._refuse_different({"a": {"loss": 4.5, "says": [1]}, "b": {"loss": 4.5, "says": [1]}, "c": {}})
    with pytest.raises(SystemExit, match="differ in loss: a 4.5, b 4.6"):
        race._refuse_different({"a": {"loss": 4.5}, "b": {"loss": 4.6}})
