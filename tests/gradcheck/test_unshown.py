"""The checker says which mistakes the given inputs could not have shown."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.gradcheck.unshown import unshown


def rng():
    return np.random.default_rng(0)


SYMMETRIC = rng().standard_normal((3, 3)) + rng().standard_normal((3, 3)).T

BLIND = {
    "symmetric": ({"W": SYMMETRIC + SYMMETRIC.T}, {}, {}, "W is symmetric"),
    "zero": ({"B": np.zeros((4, 2))}, {}, {}, "B is zero everywhere"),
    "ones": ({"gamma": np.ones(4)}, {}, {}, "a forgotten factor"),
    "ids": ({"ids": np.array([3, 0, 2])}, {}, {}, "every id once"),
    "mask": ({"mask": np.ones((2, 3), dtype=bool)}, {}, {}, "mask is True everywhere"),
    "heads": ({}, {}, {"H": 1, "T": 4}, "H = 1"),
    "sizes": ({}, {}, {"N": 4, "T": 4}, "N = T = 4"),
    "scale": ({}, {"s": 1.0}, {}, "s = 1"),
    "alpha": ({}, {"alpha": 4.0, "r": 4.0}, {}, "alpha = r"),
}


@pytest.mark.parametrize("case", list(BLIND))
def test_a_blind_spot_is_named(case):
    inputs, numbers, dims, says = BLIND[case]
    (note,) = unshown(inputs, (3, 5), numbers, dims)
    assert says in note and ("give" in note or "repeat" in note or "would not show" in note)


def test_inputs_that_hide_nothing():
    inputs = {
        "x": rng().standard_normal((2, 3)),
        "W": rng().standard_normal((3, 3)),
        "ids": np.array([1, 1, 0]),
        "positions": np.arange(3),
        "targets": np.array([[0, 2], [1, 3]]),
        "mask": np.array([True, False]),
        "nothing": None,
    }
    assert unshown(inputs, (3, 4), {"s": 1.7, "alpha": 8.0, "r": 4.0, "p": 0.1}, {"N": 2, "T": 3}) == []


def test_the_report_tells_it_and_the_verdict_stays():
    report = check(lambda x, W: (x @ W, (x, W)), lambda dy, c: (dy @ c[1], c[0].T @ dy),
                   {"x": rng().standard_normal((4, 3)), "W": SYMMETRIC + SYMMETRIC.T})  # fmt: skip
    assert report.ok and "W is symmetric" in report.notes[0]
    assert "what these inputs could not show" in str(report) and "W is symmetric" in report.to_json()
    assert "W is symmetric" in report._repr_html_()
