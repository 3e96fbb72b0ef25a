"""The stand-in refuses what it is there to refuse, and computes what CuPy computes."""

import math

import numpy as np
import pytest

from minilora import backend

CONVERSIONS = {
    "float": lambda x, xp: float(x.sum()),
    "int": lambda x, xp: int(x.sum()),
    "index": lambda x, xp: [1, 2, 3][(x[0, 0] * 0).astype("int64")],
    "range": lambda x, xp: range(xp.asarray(3)),
    "truth value": lambda x, xp: 1 if x.sum() > 0 else 2,
    "and": lambda x, xp: x.any() and x.all(),
    "max": lambda x, xp: max(x[0, 0], x[0, 1]),
    "iteration": lambda x, xp: list(x),
    "unpacking": lambda x, xp: [a for a in x[0]],
    "in": lambda x, xp: 1.0 in x,
    "math": lambda x, xp: math.sqrt(x.sum()),
    "format": lambda x, xp: f"{x.sum():.3f}",
    "np.asarray": lambda x, xp: np.asarray(x),
    "np.array of a list": lambda x, xp: np.array([x[0, 0], x[0, 1]]),
    "np ufunc": lambda x, xp: np.exp(x),
    "np ufunc into": lambda x, xp: np.exp(np.ones((3, 4)), out=x),
    "np function": lambda x, xp: np.concatenate([x, x]),
    "np reduction": lambda x, xp: np.sum(x),
    "np scalar left": lambda x, xp: np.float64(2) * x,
    "item": lambda x, xp: x.sum().item(),
    "tolist": lambda x, xp: x.tolist(),
    "hash": lambda x, xp: {x},
    "shape from the device": lambda x, xp: xp.zeros(xp.asarray(3)),
    "shape keyword": lambda x, xp: xp.zeros(shape=(2, xp.asarray(3))),
    "full of a shape": lambda x, xp: xp.full(xp.asarray(3), 1.0),
    "axis": lambda x, xp: x.sum(axis=xp.asarray(0)),
    "axis by position": lambda x, xp: xp.sum(x, xp.asarray(0)),
    "method axis by position": lambda x, xp: x.sum(xp.asarray(0)),
    "reshape": lambda x, xp: x.reshape(xp.asarray(12)),
    "slice": lambda x, xp: x[: xp.asarray(2)],
    "repeats": lambda x, xp: xp.repeat(x, xp.asarray([1, 2, 3]), axis=0),
}
MIXTURES = {
    "array left": lambda x, xp: np.ones((3, 4)) * x,
    "array right": lambda x, xp: x * np.ones((3, 4)),
    "0-d array": lambda x, xp: x * np.array(2.0),
    "matmul": lambda x, xp: x @ np.ones((4, 2)),
    "matmul left": lambda x, xp: np.ones((2, 3)) @ x,
    "comparison": lambda x, xp: x < np.ones((3, 4)),
    "equality": lambda x, xp: x == np.ones((3, 4)),
    "in place": lambda x, xp: x.__iadd__(np.ones((3, 4))),
    "in place left": lambda x, xp: np.ones((3, 4)).__iadd__(x),
    "list": lambda x, xp: x + [1.0, 2.0, 3.0, 4.0],
    "function": lambda x, xp: xp.maximum(x, np.ones((3, 4))),
    "function of a list": lambda x, xp: xp.concatenate([x, np.ones((1, 4))]),
    "out": lambda x, xp: xp.exp(x, out=np.ones((3, 4))),
    "method": lambda x, xp: x.dot(np.ones((4, 2))),
    "index": lambda x, xp: x[np.array([0, 1])],
    "index by a list": lambda x, xp: x[[0, 1]],
    "index by a NumPy number": lambda x, xp: x[np.int64(1)],
    "setting by index": lambda x, xp: x.__setitem__((slice(None), np.array([0])), 0.0),
    "setting a host value": lambda x, xp: x.__setitem__(0, np.zeros(4)),
    "add.at": lambda x, xp: xp.add.at(x, np.array([0, 0]), 1.0),
}
LACKING = {
    "errstate": lambda x, xp: xp.errstate(divide="ignore"),
    "vecdot": lambda x, xp: xp.vecdot(x, x),
    "unstack": lambda x, xp: xp.unstack(x),
    "random": lambda x, xp: xp.random.default_rng(0),
    "linalg.vector_norm": lambda x, xp: xp.linalg.vector_norm(x),
    "linalg.svdvals": lambda x, xp: xp.linalg.svdvals(x),
    "linalg.multi_dot": lambda x, xp: xp.linalg.multi_dot([x, x]),
    "a method of NumPy alone": lambda x, xp: x.resize((4, 3)),
    "einsum out": lambda x, xp: xp.einsum("ij->i", x, out=x[:, 0]),
    "sum where": lambda x, xp: xp.sum(x, where=x > 0),
    "method where": lambda x, xp: x.sum(where=x > 0),
    "max initial": lambda x, xp: x.max(initial=0.0),
    "ufunc where": lambda x, xp: xp.log(x, out=x, where=x > 0),
    "svd hermitian": lambda x, xp: xp.linalg.svd(x[:, :3], hermitian=True),
}


@pytest.fixture
def x(strict):
    return strict.asarray(np.linspace(0.1, 2, 12).reshape(3, 4))


@pytest.mark.parametrize("conversion", CONVERSIONS.values(), ids=CONVERSIONS.keys())
def test_no_implicit_transfer(x, strict, conversion):
    with pytest.raises(TypeError):
        conversion(x, strict)


@pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES.keys())
def test_no_mixing_with_numpy(x, strict, mixture):
    with pytest.raises(TypeError):
        mixture(x, strict)


@pytest.mark.parametrize("lacking", LACKING.values(), ids=LACKING.keys())
def test_what_cupy_lacks_is_refused(x, strict, lacking):
    with pytest.raises((AttributeError, TypeError), match="CuPy|resize"):
        lacking(x, strict)


@pytest.mark.parametrize("others", [CONVERSIONS, MIXTURES, LACKING])
def test_numpy_itself_takes_most_of_these(others):
    """So it is the stand-in that refuses, not a mistake in the example."""
    taken = 0
    for example in others.values():
        try:
            example(np.linspace(0.1, 2, 12).reshape(3, 4), np)
            taken += 1
        except (TypeError, AttributeError, ValueError):
            pass
    assert taken >= 0.6 * len(others)


def test_reductions_and_elements_are_0d_arrays(x, strict):
    counts = (strict.count_nonzero(x), strict.array_equal(x, x), x.argmax())
    for a in (x.sum(), x[0, 0], strict.max(x), strict.linalg.norm(x), *counts):
        assert isinstance(a, strict.ndarray) and a.shape == ()


def test_views_are_views(x, strict):
    x[0][...] = 5.0
    x.T[:, 1] = 6.0
    x.reshape(-1)[8:] = 7.0
    assert (strict.asnumpy(x) == [[5.0] * 4, [6.0] * 4, [7.0] * 4]).all()
    y = x
    y += 1.0
    assert backend.item(x[0, 0]) == 6.0
    assert strict.exp(x, out=x) is x


def test_transfers_copy(strict):
    host = np.zeros(3)
    x = strict.asarray(host)
    host[0] = 1
    back = strict.asnumpy(x)
    back[1] = 1
    assert strict.asnumpy(x).tolist() == [0, 0, 0]


def test_the_doors_of_the_backend(x, strict, run_on):
    assert backend.get_array_module(x, None, x) is strict
    assert backend.item(x.sum()) == pytest.approx(12.6)
    assert type(backend.asnumpy(x)) is np.ndarray
    assert isinstance(run_on(strict, lambda: backend.asarray([1.0])), strict.ndarray)
    assert backend.asnumpy(backend.erf(x))[0, 0] == math.erf(0.1)
    with pytest.raises(TypeError, match="numpy and strict in one operation"):
        backend.get_array_module(np.ones(2), x)


@pytest.mark.parametrize(
    "mistake", [lambda x: x * float(x.sum()), lambda x: np.exp(x), lambda x: x + np.ones(3), lambda x: x if x.sum() else -x]
)
def test_a_mistake_that_numpy_hides_is_found(mistake, strict, same_on):
    with pytest.raises(TypeError):
        same_on(lambda: {"y": mistake(backend.asarray(np.arange(3.0)))}, strict, rtol=1e-12)


def test_an_array_left_on_the_host_is_found(strict, same_on):
    with pytest.raises(AssertionError, match="y is no array of strict"):
        same_on(lambda: {"y": np.ones(3)}, strict, rtol=1e-12)
