"""Arrays that seem to live elsewhere, as on a GPU: their numbers are on the host, but nobody may touch them, and all is counted.

    with elsewhere.chosen() as meter:
        x = backend.asarray(numbers)            moved: 1 transfer
        y = backend.get_array_module(x).exp(x)  1 call
        backend.asnumpy(y)                      moved back
    meter.calls, meter.operations, meter.transfers, meter.bytes_moved

It is here to be read, and to count what a GPU would be asked to do. The stand-in of tests/device is stricter.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from minilora import backend


@dataclass
class Meter:
    """calls: {function: how often}, each at least one launch on a GPU. operations: of matrix products, multiplications and
    additions. transfers, bytes_moved: between host and elsewhere, both ways."""

    calls: Counter = field(default_factory=Counter)
    operations: int = 0
    transfers: int = 0
    bytes_moved: int = 0


meter = Meter()


def _refuse(what):
    def method(self, *args, **kwargs):
        raise TypeError(f"{what} would move an array to the host unseen; use backend.item or backend.asnumpy")

    return method


class Elsewhere(NDArrayOperatorsMixin):
    """An array of the module `device`."""

    def __init__(self, host):
        self._host = host

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return _call(ufunc.__name__, getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        return _call(function.__name__, function, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("__"):  # NumPy would read the numbers through __array_interface__
            raise AttributeError(name)
        value = getattr(self._host, name)
        if callable(value):
            return lambda *args, **kwargs: _call(name, value, args, kwargs)
        return _leave(value)

    def __getitem__(self, key):
        return Elsewhere(np.asarray(self._host[_enter(key)]))

    def __setitem__(self, key, value):
        self._host[_enter(key)] = _enter(value)

    def __len__(self):
        return len(self._host)

    __float__, __int__, __bool__ = _refuse("float()"), _refuse("int()"), _refuse("a truth value")
    __array__, __iter__ = _refuse("np.asarray"), _refuse("iteration")


class Device:
    """The module that computes with `Elsewhere`: NumPy's functions, counted."""

    __name__ = "elsewhere"
    ndarray = Elsewhere

    def asarray(self, a, dtype=None):
        if isinstance(a, Elsewhere):
            return a if dtype is None else Elsewhere(a._host.astype(dtype, copy=False))
        return _moved(a, Elsewhere(np.array(a, dtype=dtype)))

    def asnumpy(self, a):
        return _moved(a._host, a._host.copy())

    def __getattr__(self, name):
        found = getattr(np, name)
        return found if isinstance(found, type) or not callable(found) else _Function(name, found)


class _Function:
    def __init__(self, name, found):
        self.name, self.found = name, found

    def __call__(self, *args, **kwargs):
        return _call(self.name, self.found, args, kwargs)

    def at(self, *args):
        return _call(f"{self.name}.at", self.found.at, args, {})


device = Device()
backend.register(Elsewhere, device)


@contextmanager
def chosen():
    """Within it the library makes its arrays elsewhere. Gives the meter, set to zero."""
    before, backend.xp = backend.xp, device
    meter.__init__()
    try:
        yield meter
    finally:
        backend.xp = before


def _call(name, function, args, kwargs):
    host = _enter(args)
    result = function(*host, **{key: _enter(value) for key, value in kwargs.items()})
    meter.calls[name] += 1
    if name == "matmul":
        meter.operations += 2 * result.size * host[0].shape[-1]
    out = kwargs.get("out")
    return (out[0] if isinstance(out, tuple) else out) if out is not None else _leave(result)


def _enter(value):
    if isinstance(value, np.ndarray):
        raise TypeError("an array of the host meets one that lives elsewhere; move it with backend.asarray first")
    if isinstance(value, tuple | list):
        return type(value)(map(_enter, value))
    return value._host if isinstance(value, Elsewhere) else value


def _leave(value):
    if isinstance(value, np.ndarray | np.generic):
        return Elsewhere(np.asarray(value))
    return type(value)(map(_leave, value)) if isinstance(value, list) else value


def _moved(host, result):
    meter.transfers += 1
    meter.bytes_moved += np.asarray(host).nbytes
    return result
