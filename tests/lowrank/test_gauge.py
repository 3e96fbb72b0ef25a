import numpy as np
import pytest

from minilora.lowrank import balance, balanced, gauge_transform


@pytest.fixture
def factors(rng):
    return rng.standard_normal((3, 7)), rng.standard_normal((11, 3))


def test_every_gauge_has_the_same_product(rng, factors):
    A, B = factors
    R = rng.standard_normal((3, 3))
    A2, B2 = gauge_transform(A, B, R)
    np.testing.assert_allclose(B2 @ A2, B @ A, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(B2, B @ R, rtol=1e-12)
    np.testing.assert_allclose(A2, np.linalg.inv(R) @ A, rtol=1e-9)
    back = gauge_transform(A2, B2, np.linalg.inv(R))
    np.testing.assert_allclose(back[0], A, rtol=1e-9)
    np.testing.assert_allclose(back[1], B, rtol=1e-9)


def test_a_rotation_turns_the_balance_and_a_scale_breaks_it(rng, factors):
    A, B = factors
    Q, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    np.testing.assert_allclose(balance(*gauge_transform(A, B, Q)), Q.T @ balance(A, B) @ Q, atol=1e-12)
    np.testing.assert_allclose(balance(*gauge_transform(A, B, 2 * np.eye(3))), 4 * B.T @ B - A @ A.T / 4, rtol=1e-12)


def gradients(A, B, s, problem):
    """Of 1/2 norm_F((W + s B A) X - Y)^2."""
    W, X, Y = problem
    G = ((W + s * B @ A) @ X - Y) @ X.T
    return s * B.T @ G, s * G @ A.T


def drift(A, B, s, ratio, problem, steps, time=0.5):
    """How far `balance` has gone after gradient descent over `time` in so many steps, and how far the factors."""
    A1, B1, h = A.copy(), B.copy(), time / steps
    for _ in range(steps):
        dA, dB = gradients(A1, B1, s, problem)
        A1, B1 = A1 - h * dA, B1 - h * ratio * dB
    return np.linalg.norm(balance(A1, B1, ratio) - balance(A, B, ratio)), np.linalg.norm(A1 - A) + np.linalg.norm(B1 - B)


@pytest.mark.parametrize("s, ratio", [(1.0, 1.0), (1.7, 1.0), (0.6, 4.0), (1.7, 0.3)])
@pytest.mark.parametrize("zero_B", [False, True], ids=["anywhere", "from LoRA's start"])
def test_gradient_flow_conserves_the_balance(rng, factors, s, ratio, zero_B):
    A, B = factors[0] / 3, factors[1] / 3 * (not zero_B)
    problem = rng.standard_normal((11, 7)), rng.standard_normal((7, 9)) / 3, rng.standard_normal((11, 9))
    errors = [drift(A, B, s, ratio, problem, steps) for steps in (500, 1000, 2000)]
    moved = errors[0][1]
    assert moved > 0.3
    assert errors[2][0] < 5e-3 * moved
    assert errors[0][0] / errors[1][0] == pytest.approx(2, rel=0.05)  # in proportion to the step: zero in the limit
    assert errors[1][0] / errors[2][0] == pytest.approx(2, rel=0.05)


def test_the_wrong_ratio_is_not_conserved(rng, factors):
    A, B = factors[0] / 3, factors[1] / 3
    problem = rng.standard_normal((11, 7)), rng.standard_normal((7, 9)) / 3, rng.standard_normal((11, 9))
    A1, B1, h, ratio = A, B, 2.5e-4, 4.0
    for _ in range(2000):
        dA, dB = gradients(A1, B1, 1.0, problem)
        A1, B1 = A1 - h * dA, B1 - h * ratio * dB
    change = {r: np.linalg.norm(balance(A1, B1, r) - balance(A, B, r)) for r in (1.0, 1 / ratio, ratio)}
    assert change[ratio] < 0.02 * min(change[1.0], change[1 / ratio])


def test_the_balanced_gauge(rng, factors):
    A, B = factors
    A2, B2 = balanced(A, B)
    sigma = np.linalg.svd(B @ A)[1][:3]
    np.testing.assert_allclose(B2 @ A2, B @ A, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(A2 @ A2.T, np.diag(sigma), atol=1e-12)
    np.testing.assert_allclose(B2.T @ B2, np.diag(sigma), atol=1e-12)
    R = np.linalg.lstsq(B, B2)[0]  # it is a gauge: one R leads there
    for got, expected in zip(gauge_transform(A, B, R), (A2, B2), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-10)


def test_no_factors_of_the_product_are_smaller_than_the_balanced(rng, factors):
    A2, B2 = balanced(*factors)
    size = np.linalg.norm(A2) ** 2 + np.linalg.norm(B2) ** 2
    assert size == pytest.approx(2 * np.linalg.svd(factors[1] @ factors[0])[1].sum(), rel=1e-12)  # the nuclear norm
    for _ in range(20):
        A3, B3 = gauge_transform(A2, B2, rng.standard_normal((3, 3)))
        assert np.linalg.norm(A3) ** 2 + np.linalg.norm(B3) ** 2 > size


@pytest.mark.parametrize("n_in, n_out, r", [(4, 9, 4), (9, 4, 4), (5, 5, 5), (1, 6, 1)])
def test_balanced_up_to_full_rank(rng, n_in, n_out, r):
    A, B = rng.standard_normal((r, n_in)), rng.standard_normal((n_out, r))
    A2, B2 = balanced(A, B)
    assert A2.shape == A.shape and B2.shape == B.shape
    np.testing.assert_allclose(B2 @ A2, B @ A, atol=1e-12)
    np.testing.assert_allclose(balance(A2, B2), 0, atol=1e-12)


def test_what_the_product_lacks_is_zero_when_balanced(factors):
    A2, B2 = balanced(factors[0], 0 * factors[1])
    assert not A2.any() and not B2.any()


def test_float32_stays_float32(factors):
    A, B = (a.astype(np.float32) for a in factors)
    results = (*gauge_transform(A, B, np.eye(3, dtype=np.float32)), balance(A, B, 16.0), *balanced(A, B))
    assert {a.dtype for a in results} == {np.dtype(np.float32)}


def test_bad_input_is_refused(factors):
    A, B = factors
    with pytest.raises(ValueError, match=r"^R must have shape \(3, 3\), r by r, got \(2, 2\)$"):
        gauge_transform(A, B, np.eye(2))
    with pytest.raises(ValueError, match="^R must have full rank r=3, got rank 2"):
        gauge_transform(A, B, np.diag([1.0, 1.0, 0.0]))
    with pytest.raises(ValueError, match=r"must have the same r, got shapes \(3, 7\) and \(11, 2\)"):
        balance(A, B[:, 1:])
    with pytest.raises(ValueError, match=r"^r must be at most min\(in, out\)=2, got 3"):
        balanced(A, B[:2])
