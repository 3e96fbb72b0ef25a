"""The same on a real GPU, where there is one."""

import pytest

cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
if not cupy.cuda.is_available():
    pytest.skip("CuPy finds no usable GPU", allow_module_level=True)


def test_same_values_as_numpy(scenario, same_on):
    same_on(scenario, cupy, rtol=1e-9)
