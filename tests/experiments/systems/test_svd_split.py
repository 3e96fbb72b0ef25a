"""Article B's split: a step of descent on V^T, seen from W."""

import numpy as np

from minilora import lowrank
from minilora.experiments.systems.svd_split import split_step


def test_a_step_of_the_factor_is_the_step_of_w():
    rng = np.random.default_rng(0)
    W0, eta = rng.standard_normal((5, 3)), 0.1
    U, sigma, Vt = lowrank.svd(W0)
    A, W = Vt.copy(), W0.copy()
    for _ in range(3):
        G = rng.standard_normal(W0.shape)
        A = A - eta * (U * sigma).T @ G
        W = split_step(W, W0, G, eta)
        np.testing.assert_allclose(W, (U * sigma) @ A, atol=1e-12)
