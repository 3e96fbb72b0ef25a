"""From one rotary layout to the other: row by row, and by what rotation makes of it."""

import numpy as np
import pytest

from minilora.interop.rotary_rows import to_halves
from minilora.ops.rope import rope_forward


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("heads, D, rest", [(1, 2, (3,)), (3, 10, (7,)), (5, 4, ()), (2, 8, (3, 5))])
def test_each_row_is_where_the_formula_says(rng, heads, D, rest):
    W = rng.standard_normal((heads * D, *rest))
    kept, found = W.copy(), to_halves(W, heads)
    for h in range(heads):
        for j in range(D // 2):
            for c in (0, 1):
                assert np.array_equal(found[h * D + c * D // 2 + j], W[h * D + 2 * j + c])
    assert np.array_equal(W, kept)


def test_turning_neighbours_and_then_reordering_is_reordering_and_then_turning_halves(rng):
    heads, D, C, T = 3, 6, 11, 5
    W, x, positions = rng.standard_normal((heads * D, C)), rng.standard_normal((T, C)), np.array([0, 1, 4, 9, 30])

    def turned(W, interleaved):
        y = (x @ W.T).reshape(1, T, heads, D).swapaxes(1, 2)
        return rope_forward(y, positions, interleaved=interleaved)[0]

    reordered = np.stack([to_halves(head.T, 1).T for head in turned(W, True)[0]])
    np.testing.assert_allclose(turned(to_halves(W, heads), False)[0], reordered, rtol=1e-12, atol=1e-12)
