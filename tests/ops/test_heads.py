"""Cutting into heads and joining them: by index, and against each other."""

import numpy as np

from minilora.gradcheck import check
from minilora.ops.heads import join_heads, split_heads


def test_each_number_stands_where_the_formula_says():
    N, T, H, D = 2, 3, 5, 7
    x = np.random.default_rng(0).standard_normal((N, T, H * D))
    y = split_heads(x, H)
    assert y.shape == (N, H, T, D)
    for n, h, t, d in np.ndindex(y.shape):
        assert y[n, h, t, d] == x[n, t, h * D + d]
    assert np.array_equal(join_heads(y), x)


def test_each_is_the_others_backward():
    rng = np.random.default_rng(0)
    assert check(lambda x: (split_heads(x, 3), None), lambda dy, _: join_heads(dy), {"x": rng.standard_normal((2, 5, 21))}).ok
    assert check(lambda y: (join_heads(y), None), lambda dx, _: split_heads(dx, 3), {"y": rng.standard_normal((2, 3, 5, 7))}).ok
