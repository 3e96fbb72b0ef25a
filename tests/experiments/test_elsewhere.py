"""Arrays that seem to live elsewhere compute as NumPy does, refuse what a GPU's would make slow, and count."""

import numpy as np
import pytest

from minilora import backend
from minilora.experiments import elsewhere


def test_counted_and_moved():
    with elsewhere.chosen() as meter:
        x = backend.asarray(np.arange(6.0).reshape(2, 3))
        y = backend.get_array_module(x).exp(x @ x.T)
        y += 1
        back = backend.asnumpy(y)
    host = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(back, np.exp(host @ host.T) + 1)
    assert meter.operations == 2 * 2 * 3 * 2 and meter.calls == {"matmul": 1, "exp": 1, "add": 1}
    assert (meter.transfers, meter.bytes_moved) == (2, 6 * 8 + 4 * 8)


def test_the_backend_is_as_before():
    before = backend.xp
    with pytest.raises(KeyError), elsewhere.chosen():
        raise KeyError
    assert backend.xp is before


@pytest.mark.parametrize("touch", [float, int, bool, np.asarray, list])
def test_refuses_to_be_touched(touch):
    with pytest.raises(TypeError, match="unseen"):
        touch(elsewhere.device.asarray(np.ones(1)))


def test_refuses_to_meet_an_array_of_the_host():
    with pytest.raises(TypeError, match="host"):
        elsewhere.device.asarray(np.ones(2)) + np.ones(2)
