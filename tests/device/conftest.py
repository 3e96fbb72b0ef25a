import numpy as np
import pytest

from minilora import backend


@pytest.fixture
def same_on(run_on):
    """Asserts that a scenario gives on `module` what it gives with NumPy, as arrays of that module, in the same dtypes."""

    def compare(scenario, module, rtol):
        expected, got = run_on(np, scenario), run_on(module, scenario)
        assert got.keys() == expected.keys()
        for name, a in got.items():
            assert isinstance(a, module.ndarray), f"{name} is no array of {module.__name__}"
            assert a.dtype == expected[name].dtype, name
            tolerance = rtol if a.dtype.itemsize > 4 else max(rtol, 1e-4)
            scale = np.abs(expected[name]).max(initial=0)
            np.testing.assert_allclose(backend.asnumpy(a), expected[name], rtol=tolerance, atol=tolerance * scale, err_msg=name)

    return compare
