"""What the checker gathers about a pair from outside."""

from types import SimpleNamespace

import numpy as np

from minilora.gradcheck.clues import cache_names, contents, formulas_of, surroundings_of
from minilora.ops import linear_backward

FACTOR = 2.5


def test_a_cache_is_searched_whatever_its_form():
    a, mask, ids = np.ones((2, 3), dtype=np.float32), np.array([True, False]), np.array([1, 2])
    cache = (a, {"mask": mask, "deep": [SimpleNamespace(ids=ids, n=3)]}, 0.5, None, "word", np.float64(7))
    arrays, numbers = contents(cache)
    assert set(arrays) == {"cache[0]", "cache[1]['mask']"} and arrays["cache[0]"].dtype == np.float64
    assert numbers == {"cache[2]": 0.5, "cache[5]": 7.0}
    arrays, numbers = contents({"layer": SimpleNamespace(ids=ids, n=3)})
    assert set(arrays) == {"cache['layer'].ids"} and numbers == {"cache['layer'].n": 3.0}
    assert contents(a)[0].keys() == {"cache"} and contents(None) == ({}, {})


def test_a_cache_has_the_names_that_forward_gives_it():
    def forward(x):
        if x is None:
            raise ValueError
        P, n = x + 1, 3
        return P.sum(), (x, P, n, x is None)

    assert cache_names(forward) == ("x", "P", "n", "") and cache_names(np.sin) == () == cache_names(lambda x: (x, x))
    arrays, numbers = contents(forward(np.ones(2))[1], cache_names(forward))
    assert list(arrays) == ["cache.x", "cache.P"] and numbers == {"cache.n": 3.0}


def test_what_is_kept_is_a_copy():
    a = np.ones(3)
    arrays, _ = contents((a,))
    a[0] = 5
    assert arrays["cache[0]"][0] == 1


def test_numbers_from_constants_defaults_and_closure():
    alpha, table = 16, np.eye(2)

    def forward(x, eps=1e-5, flag=True, name="a"):
        return x * alpha * FACTOR + table.sum() + eps, None

    arrays, numbers = surroundings_of(forward, {"r": 4, "mode": "x"})
    assert numbers == {"eps": 1e-5, "alpha": 16.0, "FACTOR": 2.5, "r": 4.0} and list(arrays) == ["table"]
    assert surroundings_of(np.sin, {"s": 2.0}) == ({}, {"s": 2.0})


def test_formulas_come_from_the_module_of_backward():
    found = formulas_of(linear_backward)
    assert found["W"] == ("linear:B2", "dW = sum over rows dy^T x") and set(found) == {"x", "W", "b"}
    assert formulas_of(lambda dy, cache: dy) == {}
