"""DoRA: rows of length m, whatever the directions; what passes through the length, and what is cut off when it is a constant."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.ops import dora_backward, dora_forward, lora_backward, lora_forward

rng = np.random.default_rng(0)
n_in, n_out, r, s = 7, 11, 5, 1.4
x, W, A, B, dy = (rng.standard_normal(shape) for shape in ((2, 3, n_in), (n_out, n_in), (r, n_in), (n_out, r), (2, 3, n_out)))
m, y0 = rng.standard_normal(n_out), x @ W.T
V = W + s * B @ A
n = np.linalg.norm(V, axis=1)
adapted = (m / n)[:, None] * V


def full_gradient():
    """That of the adapted matrix."""
    return np.einsum("nto,nti->oi", dy, x)


def test_forward_is_the_adapted_matrix_and_its_rows_have_the_lengths_m():
    np.testing.assert_allclose(dora_forward(y0, x, W, A, B, m, s)[0], x @ adapted.T)
    np.testing.assert_allclose(np.linalg.norm(adapted, axis=1), abs(m))


def test_at_the_start_nothing_changes():
    y, _ = dora_forward(y0, x, W, A, 0 * B, np.linalg.norm(W, axis=1), s)
    np.testing.assert_allclose(y, y0, rtol=1e-14)


@pytest.mark.parametrize("detached", [False, True])
def test_gradients_are_projections_of_the_full_one_without_its_part_along_the_row(detached):
    _, cache = dora_forward(y0, x, W, A, B, m, s, detached)
    dy0, dx, dW, dA, dB, dm = dora_backward(dy, cache)
    G, unit = full_gradient(), V / n[:, None]
    along = (G * unit).sum(axis=1)
    D = (m / n)[:, None] * (G if detached else G - along[:, None] * unit)
    np.testing.assert_allclose(dA, s * B.T @ D)
    np.testing.assert_allclose(dB, s * D @ A.T)
    np.testing.assert_allclose(np.einsum("nto,nti->oi", dy0, x) + dW, D)        # by way of the layer and of the length
    np.testing.assert_allclose(dy0 @ W + dx, dy @ adapted)
    np.testing.assert_allclose(dm, along)


def test_a_longer_row_in_the_same_direction_changes_nothing():
    """y does not depend on the length of V, so its gradient is orthogonal to V: the exact one, not the detached one."""
    for detached, orthogonal in ((False, True), (True, False)):
        dy0, _, dW, _, _, _ = dora_backward(dy, dora_forward(y0, x, W, A, B, m, s, detached)[1])
        along = ((np.einsum("nto,nti->oi", dy0, x) + dW) * V).sum(axis=1)
        assert np.allclose(along, 0, atol=1e-12) == orthogonal


def test_detached_is_lora_times_m_over_n():
    y, cache = dora_forward(y0, x, W, A, B, m, s, detached=True)
    path, lora_cache = lora_forward(x, A, B, s=s)
    np.testing.assert_allclose(y, m / n * (y0 + path))
    dy0, dx, dW, dA, dB, dm = dora_backward(dy, cache)
    for gradient, there in zip((dx, dA, dB), lora_backward(dy * m / n, lora_cache), strict=True):
        np.testing.assert_allclose(gradient, there)
    assert not dW.any() and dW.shape == W.shape
    np.testing.assert_allclose(dy0, dy * (m / n))
    np.testing.assert_array_equal(dm, dora_backward(dy, dora_forward(y0, x, W, A, B, m, s)[1])[-1])


def test_the_detached_gradients_are_numeric_with_the_length_held_fixed():
    def forward(y0, x, A, B, m):
        _, cache = dora_forward(y0, x, W, A, B, m, s, detached=True)
        return m / n * (y0 + s * (x @ A.T) @ B.T), cache    # n is that of the point checked, wherever A and B are moved to

    def backward(dy, cache):
        dy0, dx, _, dA, dB, dm = dora_backward(dy, cache)
        return dy0, dx, dA, dB, dm

    report = check(forward, backward, {"y0": y0, "x": x, "A": A, "B": B, "m": m})
    assert report.ok, str(report)


@pytest.mark.parametrize("detached", [False, True])
def test_what_is_not_asked_for_is_none(detached):
    _, cache = dora_forward(y0, x, W, A, B, m, s, detached)
    names = ("y0", "x", "W", "A", "B", "m")
    complete = dict(zip(names, dora_backward(dy, cache), strict=True))
    for wanted in (set(), {"m"}, {"W"}, {"A", "B", "m"}, {"x", "y0"}):
        for name, gradient in zip(names, dora_backward(dy, cache, wanted), strict=True):
            assert gradient is None if name not in wanted else np.array_equal(gradient, complete[name])
