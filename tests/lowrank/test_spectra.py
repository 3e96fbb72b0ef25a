import numpy as np
import pytest

from minilora.lowrank import delta_spectra, noise_edge, singular_values, spectra


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


@pytest.mark.parametrize("m, n", [(300, 200), (150, 450)])
@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_noise_ends_at_its_edge(rng, m, n, draw):
    sigma = 0.02
    W = rng.normal(0, sigma, (m, n)) if draw == "normal" else rng.uniform(-1, 1, (m, n)) * sigma * np.sqrt(3)
    assert float(singular_values(W)[0]) == pytest.approx(noise_edge(m, n, sigma), rel=0.02)


def test_noise_edge_in_closed_form():
    assert noise_edge(16, 9, 0.5) == 3.5
    assert type(noise_edge(16, 9, 0.5)) is float


@pytest.mark.parametrize("arguments", [(0, 3, 1.0), (3, 0, 1.0), (3, 3, -1.0)])
def test_noise_edge_refuses_what_makes_no_sense(arguments):
    with pytest.raises(ValueError, match="m and n must be at least 1 and sigma at least 0"):
        noise_edge(*arguments)
