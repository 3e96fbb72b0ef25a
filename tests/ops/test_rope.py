"""Rotary positions: lengths stay, only differences of positions count, two conventions of one thing."""

import numpy as np
import pytest

from minilora.ops import rope_backward, rope_forward

rng = np.random.default_rng(0)
D = 6
x, dy = rng.standard_normal((2, 2, 3, 5, D))
positions = np.array([0, 1, 7, 40, 3])
both = pytest.mark.parametrize("interleaved", [False, True])


def pairs(interleaved):
    """The two indices of each point."""
    return [(2 * j, 2 * j + 1) if interleaved else (j, j + D // 2) for j in range(D // 2)]


@both
def test_each_point_is_turned_by_its_own_angle(interleaved):
    y, _ = rope_forward(x, positions, base=100.0, interleaved=interleaved)
    for j, (one, two) in enumerate(pairs(interleaved)):
        turned = (x[..., one] + 1j * x[..., two]) * np.exp(1j * positions * 100.0 ** (-2 * j / D))
        np.testing.assert_allclose(y[..., one] + 1j * y[..., two], turned, rtol=1e-12)


@both
def test_norms_stay_and_position_0_is_not_turned(interleaved):
    y, _ = rope_forward(x, positions, interleaved=interleaved)
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), np.linalg.norm(x, axis=-1))
    assert np.array_equal(y[:, :, 0], x[:, :, 0])
    assert np.abs(y - x)[:, :, 1:].max() > 0.1


@both
def test_scores_depend_on_the_difference_of_positions_only(interleaved):
    def scores(shift):
        q, _ = rope_forward(x, positions + shift, interleaved=interleaved)
        k, _ = rope_forward(dy, positions + shift, interleaved=interleaved)
        return q @ k.swapaxes(-1, -2)

    np.testing.assert_allclose(scores(1000), scores(0), rtol=1e-9, atol=1e-11)
    assert np.abs(scores(0) - x @ dy.swapaxes(-1, -2)).max() > 0.1


def test_the_conventions_are_one_up_to_a_permutation():
    from_half = np.arange(D).reshape(2, D // 2).T.reshape(-1)  # 0 3 1 4 2 5: where each interleaved number stands in the halves
    half, half_cache = rope_forward(x, positions)
    interleaved, cache = rope_forward(x[..., from_half], positions, interleaved=True)
    np.testing.assert_allclose(interleaved, half[..., from_half])
    np.testing.assert_allclose(rope_backward(dy[..., from_half], cache)[0], rope_backward(dy, half_cache)[0][..., from_half])
    assert np.abs(rope_forward(x, positions, interleaved=True)[0] - half).max() > 0.1


@both
def test_backward_turns_back(interleaved):
    y, cache = rope_forward(x, positions, interleaved=interleaved)
    np.testing.assert_allclose(rope_backward(y, cache)[0], x)
    np.testing.assert_allclose(rope_backward(dy, cache)[0], rope_forward(dy, -positions, interleaved=interleaved)[0])


def test_float32_at_far_positions_is_as_exact_as_float32_can_be():
    """The angle of position 100,000 is computed in float64: in float32 it would be off by 0.004."""
    far = np.array([100_000, 100_001])
    y, _ = rope_forward(x[:, :, :2].astype("float32"), far)
    np.testing.assert_allclose(y, rope_forward(x[:, :, :2], far)[0], atol=1e-6)
    assert y.dtype == "float32"
