"""Random directions: what they find, and that an error is missed as rarely as they say."""

import numpy as np
import pytest

from minilora.gradcheck import check_model
from minilora.gradcheck.directions import draw_directions, miss_probability, project
from minilora.gradcheck.verdict import relative_error


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("k", [1, 2])
def test_an_error_is_missed_no_more_often_than_stated(k, correlation):
    """With a tolerance so wide that misses are common enough to be counted."""
    rng, rtol, delta, n, trials = np.random.default_rng(0), 0.02, 0.1, 30, 4000
    g, other = rng.standard_normal((2, n))
    g /= np.linalg.norm(g)
    other -= (other @ g) * g
    e = delta * (correlation * g + np.sqrt(1 - correlation**2) * other / np.linalg.norm(other))
    missed = 0
    for _ in range(trials):
        directions = draw_directions(rng, k, (n,))
        missed += bool((relative_error(project(g + e, directions), project(g, directions)) <= rtol).all())
    stated = miss_probability(delta, k, rtol)
    assert missed / trials <= stated + 3 * np.sqrt(stated / trials)
    if correlation == 0:
        assert missed / trials >= 0.8 * stated - 3 * np.sqrt(stated / trials), "the statement is no better than it must be"


def test_the_stated_probability():
    assert miss_probability(1e-3, 2, 1e-6) == pytest.approx(4.1e-7, rel=0.01)
    assert miss_probability(1e-9, 2, 1e-6) == 1


def test_a_model_along_directions(small):
    ids, targets = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    model, seen = small(n_layers=1), []
    report = check_model(model, ids, targets, zero=("k.b",), samples=3, progress=seen.append)
    assert report.ok, str(report)
    assert seen == list(report.inputs) and report["embed.W"].analytic.shape == (3,)
    assert "3 random directions" in report.notes[-1] and "3e-10" in report.notes[-1]


def test_a_wrong_model_along_directions(small, monkeypatch, causes):
    from minilora.nn import norms

    right = norms.layernorm_backward

    def wrong(dy, cache, needs=None):
        dx, dgamma, dbeta = right(dy, cache, needs)
        return dx, dgamma, None if dbeta is None else dbeta * 0.999

    ids, targets = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])
    monkeypatch.setattr(norms, "layernorm_backward", wrong)
    report = check_model(small(n_layers=1), ids, targets, zero=("k.b",), samples=2)
    assert causes(report)[0] == ("wrong_scale", "norm.beta")
    assert [name for name, record in report.inputs.items() if not record.ok] == [n for n in report.inputs if n.endswith("beta")]


def test_a_missing_gradient_and_no_directions(dense, rng, causes):
    class Nothing(dense):
        def loss(self, x):
            return float(self.forward(x).sum())

        def backward(self):
            super().backward(np.ones_like(self.y))
            self.b._grad = None

    model, x = Nothing(rng), rng.standard_normal((5, 3))
    assert ("missing_gradient", "b") in causes(check_model(model, x, samples=2))
    with pytest.raises(ValueError, match="samples must be at least 1"):
        check_model(model, x, samples=0)
