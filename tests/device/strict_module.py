"""`strict`: the module that computes with StrictArrays. The functions of NumPy by name, less what CuPy 14.2 lacks."""

import numpy as np
import scipy.special
from strict_array import StrictArray, check_arguments, enter, fill, index, operand, recorder

# What CuPy lacks, what would draw random numbers on the device, and what belongs to the host.
LACKING = set("errstate seterr geterr vecdot matvec vecmat unstack random fromiter nditer ndenumerate save load".split())
LINALG = set("cholesky det eigh eigvalsh inv lstsq matrix_power matrix_rank norm pinv qr slogdet solve svd".split())
ON_SHAPES = set("broadcast_shapes can_cast issubdtype ndim promote_types result_type shape shares_memory size".split())
# How many of the leading arguments are arrays where the others are shapes, axes or counts (for all else, every argument may be).
LEADING = dict.fromkeys("arange empty eye full identity linspace ones tri zeros".split(), 0)
LEADING |= dict.fromkeys("broadcast_to expand_dims moveaxis repeat reshape roll sum swapaxes transpose tril triu".split(), 1)


class StrictModule:
    __name__ = "strict"
    ndarray = StrictArray

    def asarray(self, a, dtype=None):
        """The way onto the device: always a copy of a host array, as with a GPU."""
        recorder.add("function", "asarray", (a,), () if dtype is None else ("dtype",))
        if isinstance(a, StrictArray):
            return a if dtype in (None, a._host.dtype) else StrictArray(a._host.astype(dtype))
        return StrictArray(np.array(a, dtype=dtype))

    def asnumpy(self, a):
        """The one way off the device: a copy."""
        recorder.add("function", "asnumpy", (a,))
        if not isinstance(a, StrictArray):
            raise TypeError(f"strict.asnumpy got a {type(a).__name__}, expected a device array")
        return a._host.copy()

    def erf(self, x, out=None):
        recorder.add("ufunc", "erf", (x,), () if out is None else ("out",))
        return fill(out, scipy.special.erf(enter(x), out=enter(out)))

    @property
    def linalg(self):
        return StrictLinalg()

    def __getattr__(self, name):
        if name in LACKING or not hasattr(np, name):
            raise AttributeError(f"CuPy has no {name}, or it converts without being asked")
        return _wrapped(name, getattr(np, name))


class StrictLinalg:
    def __getattr__(self, name):
        if name not in LINALG:
            raise AttributeError(f"CuPy has no linalg.{name}")
        return _wrapped(f"linalg.{name}", getattr(np.linalg, name))


class StrictUfunc:
    """A ufunc as CuPy has it."""

    def __init__(self, ufunc):
        self._ufunc = ufunc

    def __call__(self, *args, **kwargs):
        recorder.add("ufunc", self._ufunc.__name__, args, kwargs)
        check_arguments(self._ufunc.__name__, kwargs, structural=())
        return fill(kwargs.get("out"), self._ufunc(*enter(args), **{k: enter(v) for k, v in kwargs.items()}))

    def at(self, a, indices, *values):
        recorder.add("ufunc method", f"{self._ufunc.__name__}.at", (a, indices, *values))
        self._ufunc.at(operand(a), index(indices), *map(operand, values))


def _wrapped(name, found):
    if isinstance(found, np.ufunc):
        return StrictUfunc(found)
    if isinstance(found, type) or not callable(found):  # float32, finfo, pi, newaxis: values of the host
        recorder.add("constant", name)
        return found

    def function(*args, **kwargs):
        recorder.add("function", name, args, kwargs)
        check_arguments(name, kwargs, structural=args[LEADING.get(name, len(args)) :])
        result = found(*enter(args), **{k: enter(v) for k, v in kwargs.items()})
        return result if name in ON_SHAPES else fill(kwargs.get("out"), result)

    return function


strict = StrictModule()
