"""The pytest plugin, used as a stranger would: a project of its own, in a folder of its own."""

import subprocess
import sys

import pytest

PROJECT = '''
import numpy as np

x = np.random.default_rng(1).standard_normal((3, 4))

def forward(x):
    return x.mean(axis=0), x.shape

def right(dy, shape):
    return np.broadcast_to(dy / shape[0], shape)

def wrong(dy, shape):
    return np.broadcast_to(dy, shape)

def test_right(gradcheck):
    assert gradcheck(forward, right, {"x": x}, dims={"N": 3}).max_error < 1e-6

def test_wrong(gradcheck):
    gradcheck(forward, wrong, {"x": x}, dims={"N": 3})

def test_wrong_function(gradcheck):
    gradcheck.function(lambda x: (x * x).sum(), lambda x: -2 * x, x)
'''


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "test_mine.py").write_text(PROJECT, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


def test_the_fixture_is_there_without_being_asked_for(output):
    assert "2 failed, 1 passed" in output


def test_a_failure_prints_the_diagnosis_and_no_traceback(output):
    assert "missing_mean" in output and "the factor is N, as where a mean is taken" in output and "sign_flip" in output
    assert "Traceback" not in output and "plugin.py" not in output
