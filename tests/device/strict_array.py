"""A stand-in for a device array that is stricter than any: the proof, without a GPU, that the library is clean for one.

A `StrictArray` holds its numbers on the host but gives them out only through `strict.asnumpy`. It refuses what would be an
implicit transfer on a GPU (float, bool, iteration, NumPy functions on it), any mixing with NumPy arrays, and what CuPy lacks.
Reductions and single elements are 0-d arrays, as with CuPy. Its module stands in strict_module.py.
"""

from typing import NamedTuple

import numpy as np


class Call(NamedTuple):
    """One way in which the library uses the array module or an array of it."""

    kind: str  # "function", "ufunc", "ufunc method", "constant", "method", "attribute" or "operator"
    name: str
    positional: int = 0
    keywords: tuple = ()


class Recorder:
    """While `calls` is a set, every use of the stand-in is added to it."""

    calls = None

    def add(self, kind, name, args=(), kwargs=()):
        if self.calls is not None:
            self.calls.add(Call(kind, name, len(args), tuple(sorted(kwargs))))


recorder = Recorder()

SCALARS = (bool, int, float, complex, np.generic)  # what CuPy takes beside its own arrays
LACKING_KEYWORDS = {"einsum": ("out",), "linalg.svd": ("hermitian",)}  # beside where= and initial=
STRUCTURAL = ("axis", "axes", "axis1", "axis2", "shape", "k", "repeats")


def enter(value):
    """The host value behind an argument; NumPy arrays are refused wherever they hide."""
    if isinstance(value, StrictArray):
        return value._host
    if isinstance(value, np.ndarray):
        raise TypeError("a NumPy array meets a device array; move it with backend.asarray first")
    if isinstance(value, (list, tuple)):
        return type(value)(enter(v) for v in value)
    return value


def leave(value):
    """A result, with every array and every number in it as a device array."""
    if isinstance(value, (np.ndarray, *SCALARS)):
        return StrictArray(np.asarray(value))
    if isinstance(value, (list, tuple)):
        return tuple(leave(v) for v in value)
    return value


def fill(out, result):
    """`out` itself where the caller gave one, as CuPy returns it."""
    return leave(result) if out is None else out


def check_arguments(name, kwargs, structural):
    """CuPy has no where= and initial=; and a shape, an axis or a count is no place for a device array."""
    for keyword in kwargs:
        if keyword in LACKING_KEYWORDS.get(name, ()) or keyword in ("where", "initial") and name != "copyto":
            raise TypeError(f"CuPy's {name} takes no argument {keyword}")
    for value in [*structural, *(kwargs.get(keyword) for keyword in STRUCTURAL)]:
        if any(isinstance(v, StrictArray) for v in (value if isinstance(value, (list, tuple)) else [value])):
            raise TypeError(f"{name} got a device array as a shape, an axis or a count: an implicit transfer to the host")


def index(key):
    """An index that needs no transfer: Python ints, slices of them, None, ..., device arrays."""
    if isinstance(key, tuple):
        return tuple(index(k) for k in key)
    if isinstance(key, StrictArray):
        return key._host
    if isinstance(key, slice):
        bounds = (key.start, key.stop, key.step)
        if all(b is None or type(b) is int for b in bounds):
            return key
    if key is None or key is Ellipsis or type(key) is int:
        return key
    raise TypeError(f"a device array is indexed by Python ints, slices and device arrays, got {key!r}")


def operand(value):
    if isinstance(value, (StrictArray, *SCALARS)):
        return enter(value)
    raise TypeError(f"a device array meets a {type(value).__name__}; move it with backend.asarray first")


def _refuse(what):
    def method(self, *args, **kwargs):
        raise TypeError(f"{what} on a device array is an implicit transfer to the host; use backend.item or backend.asnumpy")

    return method


class StrictArray:
    __slots__ = ("_host",)
    __hash__ = None

    def __init__(self, host):
        self._host = host

    def __repr__(self):
        return f"StrictArray(shape={self._host.shape}, dtype={self._host.dtype})"

    def __len__(self):
        return len(self._host)

    def __getitem__(self, key):
        recorder.add("operator", "__getitem__")
        return leave(self._host[index(key)])

    def __setitem__(self, key, value):
        recorder.add("operator", "__setitem__")
        self._host[index(key)] = operand(value)

    __float__, __int__, __complex__ = _refuse("float()"), _refuse("int()"), _refuse("complex()")
    __index__, __bool__, __iter__ = _refuse("an index"), _refuse("a truth value"), _refuse("iteration")
    __array__, __contains__, item, tolist = _refuse("np.asarray"), _refuse("in"), _refuse("item()"), _refuse("tolist()")

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        raise TypeError(f"np.{ufunc.__name__} got a device array, or an operator has one between it and a NumPy value")

    def __array_function__(self, function, types, args, kwargs):
        raise TypeError(f"np.{function.__name__} got a device array; call the function of get_array_module(x)")


def _operator(name):
    def method(self, *others):
        recorder.add("operator", name)
        return leave(getattr(self._host, name)(*map(operand, others)))

    return method


def _in_place(name):
    def method(self, other):
        recorder.add("operator", name)
        self._host = getattr(self._host, name)(operand(other))
        return self

    return method


def _method(name):
    def method(self, *args, **kwargs):
        recorder.add("method", name, args, kwargs)
        check_arguments(name, kwargs, structural=() if name in METHODS_ON_ARRAYS else args)
        result = getattr(self._host, name)(*enter(args), **{k: enter(v) for k, v in kwargs.items()})
        return fill(kwargs.get("out"), result)

    return method


def _attribute(name):
    def read(self):
        recorder.add("attribute", name)
        value = getattr(self._host, name)
        return leave(value) if isinstance(value, np.ndarray) else value

    return property(read)


BINARY = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()
OPERATORS = [f"__{side}{name}__" for name in BINARY for side in ("", "r")]
OPERATORS += [f"__{name}__" for name in "lt le eq ne gt ge neg pos abs invert".split()]
IN_PLACE = [f"__i{name}__" for name in BINARY if name != "matmul"]  # CuPy has no @= either: Python then does x = x @ y
METHODS = """all any argmax argmin argpartition argsort astype clip conj copy cumprod cumsum diagonal dot fill flatten max
    mean min nonzero prod ravel repeat reshape round sort squeeze std sum swapaxes take trace transpose var view""".split()
METHODS_ON_ARRAYS = ("clip", "dot", "fill", "take")  # whose positional arguments may be device arrays
ATTRIBUTES = "T mT dtype flags imag itemsize nbytes ndim real shape size strides".split()

for _names, _make in ((OPERATORS, _operator), (IN_PLACE, _in_place), (METHODS, _method), (ATTRIBUTES, _attribute)):
    for _name in _names:
        setattr(StrictArray, _name, _make(_name))
