"""The device proofs of tests/device and tests/oracle: the stand-in's files are imported by name from tests/device."""

import sys
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from minilora import backend

threadpool_limits(1)  # the tests' products are tiny, and threads that wait for each other on a busy machine cost seconds

sys.path.append(str(Path(__file__).parent / "device"))


def pytest_generate_tests(metafunc):
    """A test that asks for `scenario` runs once for each thing the library does with arrays."""
    if "scenario" in metafunc.fixturenames:
        from scenarios import SCENARIOS

        metafunc.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())


@pytest.fixture
def strict():
    """The module of the strict stand-in array, registered."""
    from strict_array import StrictArray
    from strict_module import strict

    backend.register(StrictArray, strict)
    return strict


@pytest.fixture
def run_on(monkeypatch):
    """Runs a function with new arrays made by the given module."""

    def run(module, function):
        with monkeypatch.context() as patch:
            patch.setattr(backend, "xp", module)
            return function()

    return run
