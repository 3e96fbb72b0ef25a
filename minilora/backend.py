"""Which array library: NumPy on the host or CuPy on a GPU; and the few doors between host and device.

An op asks its arrays: `xp = get_array_module(x)`. Code that makes arrays from nothing asks `backend.xp`, which
`backend.use("numpy" | "cupy" | "auto")` or the variable MINILORA_BACKEND chooses. `asnumpy` is the one way off the
device, `item` the one way to a Python number, `asarray` the one way onto it.
"""

import ctypes
import os
import sys

import numpy as np

BLOCK = 1 << 15  # elements: five arrays of float32 are 640 KiB and stay in the second-level cache
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
_modules = {np.ndarray: np, np.generic: np}  # array type -> the module that computes with it


class BackendError(ValueError):
    """The backend that was asked for cannot be had."""


def register(array_type, module):
    """Make arrays of `array_type` computable: ops on them call `module.exp`, `module.empty`, ... (as NumPy names them)."""
    _modules[array_type] = module


def get_array_module(*arrays):
    """The module that computes with these arrays (None is skipped). TypeError if they differ or are no arrays."""
    found = None
    for a in arrays:
        if a is None:
            continue
        module = _lookup(type(a))
        if found is not None and module is not found:
            raise TypeError(f"arrays of {found.__name__} and {module.__name__} in one operation; move one of them")
        found = module
    return found or xp


def _lookup(array_type):
    if array_type in _modules:
        return _modules[array_type]
    cupy = sys.modules.get("cupy")
    if cupy is not None:
        _modules.setdefault(cupy.ndarray, cupy)
    for base in array_type.__mro__:
        if base in _modules:
            _modules[array_type] = _modules[base]
            return _modules[base]
    raise TypeError(f"expected an array of NumPy or CuPy, got {array_type.__name__}; convert it with backend.asarray first")


def use(name):
    """Choose where new arrays are made: "numpy", "cupy" or "auto" (CuPy where a GPU answers, else NumPy). Returns the module.

    BackendError if "cupy" is asked for and cannot be had; ValueError for another name.
    """
    global xp
    if name not in ("numpy", "cupy", "auto"):
        raise ValueError(f"backend must be 'numpy', 'cupy' or 'auto', got {name!r}")
    xp = np if name == "numpy" else _cupy_or_reason(required=name == "cupy")
    return xp


def _cupy_or_reason(required):
    try:
        import cupy

        if cupy.cuda.is_available():  # CuPy imports without a driver, so the import alone proves nothing
            return cupy
        reason = "CuPy is installed but finds no usable GPU"
    except ImportError:
        reason = "CuPy is not installed (pip install 'minilora[gpu]')"
    if required:
        raise BackendError(f"backend 'cupy' cannot be used: {reason}; use 'numpy', or 'auto' to take what there is")
    return np


def asarray(a, dtype=None):
    """An array of the chosen backend from a host value: the one way onto the device."""
    return xp.asarray(a, dtype=dtype)


def asnumpy(a):
    """A NumPy array from an array of any registered module: the one way off the device."""
    module = _lookup(type(a))
    return np.asarray(a) if module is np else module.asnumpy(a)


def item(a):
    """A Python number from a 0-d or one-element array, or from a number: the one place that waits for the device."""
    if type(a) in (bool, int, float):  # np.float64 is a float too, but would turn float32 arrays into float64
        return a
    return asnumpy(a).item()


def erf(x, out=None):
    """The error function, which NumPy itself does not have."""
    module = get_array_module(x)
    if module is np:
        import scipy.special  # here, so that the gradient checker needs NumPy alone

        return scipy.special.erf(x, out=out)
    if module.__name__ == "cupy":
        import cupyx.scipy.special

        return cupyx.scipy.special.erf(x, out=out)
    return module.erf(x, out=out)


def as_generator(rng):
    """A NumPy generator from an int seed, or the generator itself. Random numbers are always drawn on the host."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ValueError(f"rng must be an integer of at least 0 or a numpy Generator, got {rng!r}") from None


def quiet():
    """Within `with quiet():` NumPy does not warn of overflow and the like; CuPy never does. For code that looks for itself."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


def block_size(like, size):
    """How many of `size` elements to sweep over at a time, at least 1: what stays in cache on the host, all of them on a GPU."""
    return max(1, min(size, BLOCK) if get_array_module(like) is np else size)


def tune_memory():
    """Ask glibc to keep freed memory instead of giving it back, so that large temporaries cost no page faults.

    Called by the command line, the Trainer and the benchmarks, never on import. True if the request was taken.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False  # not glibc: nothing to tune
    threshold = mallopt(M_MMAP_THRESHOLD, 1 << 30) or mallopt(M_MMAP_THRESHOLD, 1 << 25)  # older glibc takes no more than 32 MiB
    return bool(mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1) and threshold)


def release_memory():
    """Ask glibc to give freed memory back now, as when a large model is gone. True if it gave any back."""
    try:
        return bool(ctypes.CDLL("libc.so.6").malloc_trim(0))
    except (OSError, AttributeError):
        return False  # not glibc: nothing to ask


xp = use(os.environ.get("MINILORA_BACKEND", "numpy") or "numpy")
