"""Each kind of evidence by itself: a mistake that nothing else would name so, and the words that tell where it was seen."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.gradcheck.diagnosis import ASKED, FITTED, LAST, SEEN


def rng(seed=0):
    return np.random.default_rng(seed)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def matrix(*shape, seed=0):
    return rng(seed).standard_normal(shape)


def linear(x, W):
    return x @ W.T, (x, W)


def only_shape():
    return linear, lambda dy, c: ((dy @ c[1])[None], dy.T @ c[0]), {"x": matrix(3, 5), "W": matrix(4, 5)}


def term_without_dy():
    return linear, lambda dy, c: (dy @ c[1], dy.T @ c[0] + 0.01 * c[1]), {"x": matrix(3, 5), "W": matrix(4, 5, seed=1)}


def without_what_comes_from_above():
    return lambda x: ((x * x).sum(), x), lambda dy, x: 2 * x, {"x": matrix(3, 5)}


def another_gradient_is_added():
    def forward(a, b):
        return a + b * b, (a, b)

    return forward, lambda dy, c: (dy + 2 * c[1] * dy, 2 * c[1] * dy), {"a": matrix(3, 5), "b": matrix(3, 5, seed=1)}


def a_mean_too_much():
    def backward(dy, h):
        return dy * (1 - h * h) - dy.mean(axis=1, keepdims=True)

    return lambda x: (np.tanh(x), np.tanh(x)), backward, {"x": matrix(3, 6)}


def gamma_inside():
    def forward(x, gamma):
        h = x / np.sqrt((x * x).sum(axis=1, keepdims=True))
        return h * gamma, (h, np.sqrt((x * x).sum(axis=1, keepdims=True)), gamma)

    def backward(dy, c):
        h, size, gamma = c
        return (dy - h * (dy * h).sum(axis=1, keepdims=True)) / size, (dy * h).sum(axis=0)

    return forward, backward, {"x": matrix(3, 6), "gamma": matrix(6, seed=1)}


def a_square_matrix_inside():
    def forward(x, M):
        return np.einsum("ni,ij,nj->n", x, M, np.tanh(x)), (x, M)

    def backward(dy, c):
        x, M = c
        h = np.tanh(x)
        dx = dy[:, None] * (h @ M + (x @ M) * (1 - h * h))
        return dx, np.einsum("n,ni,nj->ij", dy, x, h)

    return forward, backward, {"x": matrix(4, 5), "M": matrix(5, 5, seed=1)}


def a_mask_deep_inside():
    def forward(x, W, mask):
        h = np.sin(x) * mask
        return np.tanh(h @ W) @ W.T, (x, W, mask, np.tanh(h @ W))

    def backward(dy, c):
        x, W, mask, t = c
        dz = (dy @ W) * (1 - t * t)
        return dz @ W.T * np.cos(x) * mask, dy.T @ t + np.sin(x).T @ dz

    return forward, backward, {"x": matrix(4, 5), "W": 0.3 * matrix(5, 3), "mask": matrix(4, 5, seed=2) > 0}


def a_residual_through_a_norm():
    def back(g, h, size):
        return (g - g.mean(1, keepdims=True) - h * (g * h).mean(1, keepdims=True)) / size

    def forward(x, W):
        c = x - x.mean(axis=1, keepdims=True)
        size = np.sqrt((c * c).mean(axis=1, keepdims=True) + 1e-5)
        return x + np.sin(c / size @ W), (c / size, size, W)

    def backward(dy, c):
        h, size, W = c
        dz = dy * np.cos(h @ W)
        return back(dy + dz @ W.T, h, size), h.T @ dz

    return forward, backward, {"x": matrix(3, 6), "W": 0.4 * matrix(6, 6)}


def an_unknown_row_factor():
    def forward(x):
        return x * np.exp(np.arange(3.0))[:, None], None

    return forward, lambda dy, _: dy, {"x": matrix(3, 5)}


def masked_scores(reapplied):
    def forward(S):
        visible = np.tril(np.ones((5, 5))) > 0
        return softmax(np.where(visible, S, -np.inf)) @ VALUES, S

    def backward(dy, S):
        P = softmax(S) if not reapplied else softmax(np.where(np.tril(np.ones((5, 5))) > 0, S, -np.inf))
        dP = dy @ VALUES.T
        return P * (dP - (P * dP).sum(axis=1, keepdims=True)) if not reapplied else P * dP * (1 + P)

    return forward, backward, {"S": matrix(5, 5)}


VALUES = matrix(5, 4, seed=3)

EVIDENCE = {  # name: (pair, cause, input, words of the message)
    "only the shape": (only_shape, "wrong_shape", "x", "The values are right"),
    "a term without dy": (term_without_dy, "extra_term", "W", "stays when dy is zero. It is 0.01 times W"),
    "dy is not used": (without_what_comes_from_above, "wrong_scale", "x", "does not change with dy"),
    "another gradient": (another_gradient_is_added, "extra_term", "a", "the gradient of b"),
    "a mean too much": (a_mean_too_much, "extra_term", "x", "is subtracted that forward does not take"),
    "a factor on dy": (gamma_inside, "missing_feature_factor", "x", "gamma"),
    "symmetric": (a_square_matrix_inside, "transposed", "x", "is right when M is symmetric"),
    "a mask inside": (a_mask_deep_inside, "mask_missing", "W", "mask"),
    "the residual": (a_residual_through_a_norm, "missing_term", "x", "dy"),
    "a factor of each row": (an_unknown_row_factor, "missing_feature_factor", "x", "changes along axis 0"),
    "a leak": (lambda: masked_scores(reapplied=False), "mask_missing", "S", "not zero in"),
    "an invariance": (lambda: masked_scores(reapplied=True), "wrong", "S", "does not see a shift"),
}


@pytest.mark.parametrize("name", list(EVIDENCE))
def test_the_evidence_is_told(name):
    make, cause, concerned, words = EVIDENCE[name]
    finding = check(*make()).findings[0]
    assert (finding.cause, finding.input) == (cause, concerned) and words in finding.message, finding


def test_two_wrong_entries_are_no_missing_mean():
    def backward(dy, P):
        dx = P * (dy - (P * dy).sum(axis=1, keepdims=True))
        dx[1, 2] += 1.0
        dx[0, 0] *= 1.01
        return dx

    report = check(lambda z: (softmax(z), softmax(z)), backward, {"z": matrix(6, 5)})
    assert report.findings[0].cause in ("extra_term", "wrong")


def test_every_detective_says_what_it_looks_for():
    detectives = [*SEEN, *FITTED, *ASKED, *LAST]
    assert len(set(detectives)) == len(detectives) and all(detective.__doc__ for detective in detectives)


def test_a_slow_pair_is_not_asked_on_and_on(monkeypatch):
    calls = []

    def backward(dy, c):
        calls.append(1)
        return 1.5 * dy * np.cos(c) + dy.sum() * np.sin(c) ** 3

    pair = lambda x: (np.sin(x), x), backward, {"x": matrix(4, 5)}
    check(*pair)
    patient, calls[:] = len(calls), []
    monkeypatch.setattr("minilora.gradcheck.diagnosis.case.PATIENCE", -1.0)
    assert not check(*pair).ok and len(calls) == 1 < patient
