import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def with_spectrum(rng):
    """Makes a matrix (m, n) of random orthonormal singular vectors and the singular values given."""

    def make(sigma, m, n):
        k = len(sigma)
        U, _ = np.linalg.qr(rng.standard_normal((m, k)))
        V, _ = np.linalg.qr(rng.standard_normal((n, k)))
        return (U * np.asarray(sigma)) @ V.T

    return make


@pytest.fixture
def nine():
    """The matrix 1..9: rank 2, squares summing to 285."""
    return np.arange(1.0, 10.0).reshape(3, 3)
