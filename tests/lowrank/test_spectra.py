import numpy as np
import pytest

from minilora.lowrank import delta_spectra, spectra


def test_spectra_of_matrices_only(rng):
    named = {"q.W": rng.standard_normal((5, 4)), "q.b": rng.standard_normal(5), "up.W": rng.standard_normal((3, 7))}
    found = spectra(named)
    assert list(found) == ["q.W", "up.W"]
    for name, sigma in found.items():
        np.testing.assert_allclose(sigma, np.linalg.svd(named[name])[1], rtol=1e-12)


def test_delta_spectra_find_a_low_rank_change(rng):
    before = {"q.W": rng.standard_normal((9, 6)), "q.b": rng.standard_normal(9)}
    A, B = rng.standard_normal((2, 6)), rng.standard_normal((9, 2))
    after = {"q.W": before["q.W"] + B @ A, "q.b": before["q.b"] + 1}
    found = delta_spectra(before, after)
    assert list(found) == ["q.W"]
    np.testing.assert_allclose(found["q.W"][:2], np.linalg.svd(B @ A)[1][:2], rtol=1e-10)
    np.testing.assert_allclose(found["q.W"][2:], 0, atol=1e-12)


def test_delta_spectra_refuse_what_does_not_match(rng):
    W = rng.standard_normal((5, 4))
    with pytest.raises(ValueError, match=r"same names, in one only: \['b', 'c'\]"):
        delta_spectra({"a": W, "b": W}, {"a": W, "c": W})
    with pytest.raises(ValueError, match=r"a must have one shape, got \(5, 4\) before and \(4, 4\) after"):
        delta_spectra({"a": W}, {"a": W[1:]})
