"""Which array library: the choice, the table of array types, and the doors between host and device."""

import subprocess
import sys
import types

import numpy as np
import pytest
import scipy.special

from minilora import backend


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    """The choice of library and the table of array types are put back after each test."""
    monkeypatch.setattr(backend, "xp", backend.xp)
    monkeypatch.setattr(backend, "_modules", dict(backend._modules))


class Foreign:
    """An array type that the backend does not know until it is registered."""

    def __init__(self, values):
        self.values = values


def foreign_module():
    module = types.ModuleType("foreign")
    module.asnumpy = lambda a: np.array(a.values)
    module.erf = lambda x, out=None: "erf of foreign"
    return module


def fake_cupy(monkeypatch, available):
    """A module in cupy's place, whose driver is there or not."""
    cupy = types.ModuleType("cupy")
    cupy.ndarray = type("ndarray", (), {})
    cupy.cuda = types.SimpleNamespace(is_available=lambda: available)
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    return cupy


def test_use_chooses_where_new_arrays_are_made(monkeypatch):
    assert backend.use("numpy") is np and backend.xp is np
    cupy = fake_cupy(monkeypatch, available=True)
    for name in ("cupy", "auto"):
        backend.xp = np
        assert backend.use(name) is cupy and backend.xp is cupy
    assert backend.use("numpy") is np


def test_cupy_without_a_gpu_is_refused_and_auto_takes_numpy(monkeypatch):
    """CuPy imports without a driver, so that it imports proves nothing."""
    fake_cupy(monkeypatch, available=False)
    reason = "CuPy is installed but finds no usable GPU"
    with pytest.raises(backend.BackendError, match=f"^backend 'cupy' cannot be used: {reason}; use 'numpy', or 'auto' to take "):
        backend.use("cupy")
    assert backend.xp is np and backend.use("auto") is np


def test_cupy_that_is_not_installed_is_refused_and_auto_takes_numpy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)  # import cupy raises ImportError
    with pytest.raises(backend.BackendError, match=r"^backend 'cupy' cannot be used: CuPy is not installed \(pip install "):
        backend.use("cupy")
    assert backend.xp is np and backend.use("auto") is np


@pytest.mark.parametrize("name", ["torch", "", "NumPy", None])
def test_another_name_is_refused(name):
    with pytest.raises(ValueError, match=f"^backend must be 'numpy', 'cupy' or 'auto', got {name!r}$"):
        backend.use(name)


def in_a_new_process(setting):
    code = "from minilora import backend; print(backend.xp.__name__)"
    environment = {"MINILORA_BACKEND": setting, "PATH": "/usr/bin", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("setting", ["numpy", "auto", ""])
def test_the_variable_chooses_at_import(setting):
    result = in_a_new_process(setting)
    assert (result.stdout.strip(), result.returncode) == ("numpy", 0), result.stderr


REFUSED = [("cupy", "backend 'cupy' cannot be used: "), ("tensorflow", "backend must be 'numpy', ")]


@pytest.mark.parametrize(("setting", "says"), REFUSED)
def test_a_variable_that_cannot_be_had_is_an_error_that_says_so(setting, says):
    result = in_a_new_process(setting)
    assert result.returncode != 0 and says in result.stderr.splitlines()[-1]


def test_the_module_of_arrays():
    a, zero_d = np.ones(3), np.float32(1)
    assert backend.get_array_module(a) is np
    assert backend.get_array_module(zero_d) is np
    assert backend.get_array_module(None, a, None, zero_d) is np
    assert backend.get_array_module(a.view(np.recarray)) is np, "a subclass computes with its base's module"


def test_the_chosen_module_where_there_is_no_array(monkeypatch):
    cupy = fake_cupy(monkeypatch, available=True)
    backend.use("cupy")
    assert backend.get_array_module() is cupy and backend.get_array_module(None, None) is cupy


@pytest.mark.parametrize("value", [[1.0], 1.0, "text", Foreign([1])])
def test_what_is_no_array_is_refused(value):
    message = f"^expected an array of NumPy or CuPy, got {type(value).__name__}; convert it with backend.asarray first$"
    for call in (backend.get_array_module, backend.asnumpy):
        with pytest.raises(TypeError, match=message):
            call(value)


def test_a_registered_type_is_known_and_not_mixed():
    foreign = foreign_module()
    backend.register(Foreign, foreign)
    a = Foreign([1.0, 2.0])
    assert backend.get_array_module(a) is foreign and backend.get_array_module(None, a, a) is foreign
    assert type(backend.asnumpy(a)) is np.ndarray and np.array_equal(backend.asnumpy(a), [1, 2])
    assert backend.erf(a) == "erf of foreign"
    for mixed in ((a, np.ones(2)), (np.ones(2), None, a)):
        with pytest.raises(TypeError, match="^arrays of (foreign and numpy|numpy and foreign) in one operation"):
            backend.get_array_module(*mixed)


def test_cupys_arrays_are_known_once_it_is_imported(monkeypatch):
    cupy = fake_cupy(monkeypatch, available=True)
    assert backend.get_array_module(cupy.ndarray()) is cupy
    with pytest.raises(TypeError, match="arrays of numpy and cupy in one operation"):
        backend.get_array_module(np.ones(2), cupy.ndarray())


@pytest.mark.parametrize("value", [np.float64(0.1), np.float32(0.5), np.array(0.1), np.array([0.1]), 0.1, np.array([[0.1]])])
def test_item_of_a_float_is_a_python_float(value):
    """np.float64 is a float too, but would turn the float32 arrays that it meets into float64."""
    assert type(backend.item(value)) is float


@pytest.mark.parametrize(("value", "kind"), [(np.int64(3), int), (3, int), (np.array(3), int), (np.True_, bool), (True, bool)])
def test_item_of_other_kinds(value, kind):
    item = backend.item(value)
    assert type(item) is kind and item == value


def test_item_of_more_than_one_is_refused():
    with pytest.raises(ValueError):
        backend.item(np.ones(2))


def test_asnumpy_of_a_numpy_array_is_itself_and_of_a_scalar_an_array():
    a = np.ones(3)
    assert backend.asnumpy(a) is a
    assert type(backend.asnumpy(np.float32(2))) is np.ndarray


def test_asarray_makes_arrays_of_the_chosen_backend():
    assert type(backend.asarray([1, 2])) is np.ndarray
    assert backend.asarray([1, 2], dtype="float32").dtype == "float32"
    a = np.ones(2)
    assert backend.asarray(a) is a


def test_erf():
    x = np.linspace(-3, 3, 7)
    assert np.array_equal(backend.erf(x), scipy.special.erf(x))
    out = np.empty_like(x)
    assert backend.erf(x, out=out) is out
    assert backend.erf(x.astype("float32")).dtype == "float32"


def test_as_generator():
    generator = np.random.default_rng(3)
    assert backend.as_generator(generator) is generator
    assert backend.as_generator(3).random() == np.random.default_rng(3).random()
    for rng in (-1, 1.5, "seed"):
        with pytest.raises(ValueError, match="^rng must be an integer of at least 0 or a numpy Generator, got "):
            backend.as_generator(rng)


def test_quiet():
    with backend.quiet():
        assert np.isinf(np.float32(3e38) * np.ones(2, "float32") * 10).all() and np.isnan(np.full(2, np.inf) - np.inf).all()
    with pytest.raises(RuntimeWarning):
        np.full(2, np.inf) - np.inf


def test_blocks_on_the_host_are_small_and_a_device_takes_all():
    assert backend.block_size(np.ones(1), 10) == 10 and backend.block_size(np.ones(1), 0) == 1
    assert backend.block_size(np.ones(1), 1 << 24) == backend.BLOCK
    backend.register(Foreign, foreign_module())
    assert backend.block_size(Foreign([1]), 1 << 24) == 1 << 24


def test_tune_memory_says_whether_it_was_taken(monkeypatch):
    assert type(backend.tune_memory()) is bool
    monkeypatch.setattr(backend.ctypes, "CDLL", lambda name: (_ for _ in ()).throw(OSError("no glibc here")))
    assert backend.tune_memory() is False
    monkeypatch.setattr(backend.ctypes, "CDLL", lambda name: types.SimpleNamespace(mallopt=lambda *_: 0))
    assert backend.tune_memory() is False


def test_release_memory_says_whether_any_was(monkeypatch):
    assert type(backend.release_memory()) is bool
    monkeypatch.setattr(backend.ctypes, "CDLL", lambda name: types.SimpleNamespace(malloc_trim=lambda pad: 1 - pad))
    assert backend.release_memory() is True
    monkeypatch.setattr(backend.ctypes, "CDLL", lambda name: types.SimpleNamespace())
    assert backend.release_memory() is False


def test_import_tunes_nothing():
    code = "import ctypes; ctypes.CDLL = None\nfrom minilora import backend"
    subprocess.run([sys.executable, "-c", code], check=True)
