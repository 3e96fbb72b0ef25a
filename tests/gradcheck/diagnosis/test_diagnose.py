"""What the checker says of a mistake: the cause, the input, what it was matched to. The pairs here are no ops of the library."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.ops import registry


def rng(seed=0):
    return np.random.default_rng(seed)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def dense(x, W, b):
    return np.tanh(x @ W + b), (x, W, np.tanh(x @ W + b))


def dense_inputs(n_in=3, n_out=4):
    return {"x": rng().standard_normal((5, n_in)), "W": rng(1).standard_normal((n_in, n_out)), "b": rng(2).standard_normal(n_out)}


def dense_gradients(dz, x, W):
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)


def first(report):
    assert not report.ok
    return str(report.findings[0].cause), report.findings[0].input


MISTAKES = {  # of the dense layer: (cause, input, how dz, x, W become the three gradients)
    "transposed": ("transposed", "W", lambda dz, x, W: (dz @ W.T, dz.T @ x, dz.sum(axis=0))),
    "reshaped": ("reshaped", "W", lambda dz, x, W: (dz @ W.T, (dz.T @ x).reshape(W.shape), dz.sum(axis=0))),
    "not summed": ("missing_broadcast_sum", "b", lambda dz, x, W: (dz @ W.T, x.T @ dz, dz)),
    "swapped": ("swapped", "x", lambda dz, x, W: (x.T @ dz, dz @ W.T, dz.sum(axis=0))),
    "sign": ("sign_flip", "x", lambda dz, x, W: (-dz @ W.T, x.T @ dz, dz.sum(axis=0))),
    "mean": ("wrong_scale", "b", lambda dz, x, W: (dz @ W.T, x.T @ dz, dz.mean(axis=0))),
    "twice": ("double_counted", "W", lambda dz, x, W: (dz @ W.T, 2 * x.T @ dz, dz.sum(axis=0))),
    "last row": ("not_accumulated", "W", lambda dz, x, W: (dz @ W.T, np.outer(x[-1], dz[-1]), dz.sum(axis=0))),
    "cut": ("gradient_cut", "x", lambda dz, x, W: (0 * x, x.T @ dz, dz.sum(axis=0))),
    "two rows lost": ("gradient_cut", "x", lambda dz, x, W: ((dz @ W.T) * (np.arange(5) < 3)[:, None], x.T @ dz, dz.sum(axis=0))),
    "flat": ("wrong_shape", "x", lambda dz, x, W: ((dz @ W.T).ravel(), x.T @ dz, dz.sum(axis=0))),
    "decay": ("extra_term", "W", lambda dz, x, W: (dz @ W.T, x.T @ dz + 0.1 * W, dz.sum(axis=0))),
    "none": ("missing_gradient", "b", lambda dz, x, W: (dz @ W.T, x.T @ dz, None)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_dense_layer(mistake):
    cause, name, gradients = MISTAKES[mistake]

    def backward(dy, cache):
        x, W, h = cache
        return gradients(dy * (1 - h * h), x, W)

    assert first(check(dense, backward, dense_inputs())) == (cause, name)


@pytest.mark.parametrize("place, name", [(0, "x"), (1, "W"), (2, "b")])
def test_a_derivative_that_is_left_out_is_named_with_both_formulas(place, name):
    def backward(dy, cache):
        x, W, h = cache
        gradients = list(dense_gradients(dy * (1 - h * h), x, W))
        gradients[place] = dense_gradients(dy, x, W)[place]
        return gradients

    report = check(dense, backward, dense_inputs())
    assert first(report) == ("missing_feature_factor", name)
    assert "it should be" in report.findings[0].message and report.findings[0].matched == "(1 - cache[2]^2)"


def test_a_matrix_that_is_not_transposed_on_the_way_down():
    def backward(dy, cache):
        x, W, h = cache
        dx, dW, db = dense_gradients(dy * (1 - h * h), x, W)
        return dy * (1 - h * h) @ W, dW, db

    assert first(check(dense, backward, dense_inputs(4, 4))) == ("transposed", "x")


def scores(q, k, v, causal):
    S = q @ k.T / np.sqrt(q.shape[1])
    P = softmax(np.where(np.tril(np.ones(S.shape)) > 0, S, -1e9) if causal else S)
    return P @ v, (q, k, v, P)


def attention_inputs():
    return {name: rng(i).standard_normal((5, 3)) for i, name in enumerate("qkv")}


ATTENTION = {  # (cause, input, changes of: the scores' gradient from P and dP, the scale, dk from dS and q)
    "no sum": ("missing_centering", "q", lambda P, dP: P * dP, None),
    "sum over queries": ("wrong_axis", "q", lambda P, dP: P * (dP - (P * dP).sum(axis=0)), None),
    "no scale": ("missing_attention_scale", "q", None, 1.0),
    "scale twice": ("wrong_scale", "q", None, 1 / 3),
}


@pytest.mark.parametrize("mistake", ATTENTION)
def test_attention(mistake):
    cause, name, dS_of, scale = ATTENTION[mistake]
    right = lambda P, dP: P * (dP - (P * dP).sum(axis=1, keepdims=True))  # noqa: E731

    def backward(dy, cache):
        q, k, v, P = cache
        dS = (dS_of or right)(P, dy @ v.T) * (scale or 3**-0.5)
        return dS @ k, dS.T @ q, P.T @ dy

    assert first(check(scores, backward, attention_inputs(), {"causal": False}, dims={"T": 5, "D": 3})) == (cause, name)


def test_the_scores_gradient_is_not_transposed_for_the_keys():
    def backward(dy, cache):
        q, k, v, P = cache
        dP = dy @ v.T
        dS = P * (dP - (P * dP).sum(axis=1, keepdims=True)) / np.sqrt(3)
        return dS @ k, dS @ q, P.T @ dy

    report = check(scores, backward, attention_inputs(), {"causal": True})
    assert first(report) == ("transposed", "k")


@pytest.mark.parametrize(
    "factor, cause, matched",
    [(3.0, "missing_mean", "N"), (15.0, "missing_mean", "N T"), (7.0, "missing_mean", "V"), (-1.0, "sign_flip", "-1"),
     (2.0, "double_counted", "2"), (0.5, "wrong_scale", "1/2"), (1 / 3, "wrong_scale", "1/N"),
     (1 / 15, "wrong_scale", "1/(N T)"), (1 / 7, "wrong_scale", "1/V"), (7**-0.5, "wrong_scale", "1/sqrt(V)"),
     (1.7**2, "wrong_scale", "tau^2"), (0.7, "wrong_scale", "1-p"), (1 / 0.7, "wrong_scale", "1/(1-p)"),
     (-3.0, "wrong_scale", "-N"), (1.2345, "wrong_scale", "")],
)  # fmt: skip
def test_a_factor_is_matched_to_what_it_is(factor, cause, matched):
    report = check(
        lambda x, tau, p: (x * x, x),
        lambda dy, x: 2 * x * dy * factor,
        {"x": rng().standard_normal((3, 5, 7))},
        {"tau": 1.7, "p": 0.3},
        dims={"N": 3, "T": 5, "V": 7},
    )
    finding = report.findings[0]
    assert (finding.cause, finding.matched) == (cause, matched) and finding.factor == pytest.approx(factor)


SCALES = [(1.0, "missing_lora_scale", "r/alpha"), (11**2 / 16, "wrong_scale", "alpha/r")]


@pytest.mark.parametrize("wrong, cause, matched", SCALES)
def test_the_scale_of_lora(wrong, cause, matched):
    def forward(x, A, B, alpha, r):
        return alpha / r * x @ A.T @ B.T, (x, A, B)

    def backward(dy, cache):
        x, A, B = cache
        dZ = 11 / 4 * dy @ B
        return dZ @ A, dZ.T @ x, wrong * dy.T @ (x @ A.T)

    inputs = {"x": rng().standard_normal((3, 5)), "A": rng(1).standard_normal((4, 5)), "B": rng(2).standard_normal((7, 4))}
    report = check(forward, backward, inputs, {"alpha": 11.0, "r": 4})
    assert first(report) == (cause, "B") and report.findings[0].matched == matched


def test_one_unscaled_path_beside_a_right_one():
    """dx has two terms; the factor is missing in one of them."""

    def forward(x, W, A, B, s):
        return x @ W.T + s * x @ A.T @ B.T, (x, W, A, B)

    def backward(dy, cache):
        x, W, A, B = cache
        return dy @ W + dy @ B @ A, dy.T @ x, 1.75 * (dy @ B).T @ x, 1.75 * dy.T @ (x @ A.T)

    shapes = {"x": (3, 5), "W": (7, 5), "A": (4, 5), "B": (7, 4)}
    inputs = {name: rng(i).standard_normal(shape) for i, (name, shape) in enumerate(shapes.items())}
    assert first(check(forward, backward, inputs, {"s": 1.75})) == ("missing_lora_scale", "x")


def residual(x, W):
    return x + np.tanh(x @ W), (x, W)


@pytest.mark.parametrize("share, cause", [(0, "missing_term"), (2, "double_counted"), (-1, "sign_flip")])
def test_the_residual(share, cause):
    def backward(dy, cache):
        x, W = cache
        dz = dy * (1 - np.tanh(x @ W) ** 2)
        return share * dy + dz @ W.T, x.T @ dz

    inputs = {"x": rng().standard_normal((4, 5)), "W": 0.3 * rng(1).standard_normal((5, 5))}
    report = check(residual, backward, inputs)
    assert first(report) == (cause, "x") and report.findings[0].matched == "dy"


@pytest.mark.parametrize("backward_keep, cause", [("none", "dropout_mask_not_reused"), ("new", "dropout_mask_not_reused")])
@pytest.mark.parametrize("p", [0.4])
def test_dropout(backward_keep, cause, p):
    def forward(x, keep, p):
        return x * keep / (1 - p), keep

    def backward(dy, keep):
        other = np.ones_like(keep) if backward_keep == "none" else rng(7).random(keep.shape) > p
        return dy * other / (1 - p)

    inputs = {"x": rng().standard_normal((4, 5)), "keep": rng(1).random((4, 5)) > p}
    assert first(check(forward, backward, inputs, {"p": p})) == (cause, "x")


def test_a_mask_drawn_anew_in_backward_is_seen_by_calling_twice():
    draw = rng(3)

    def backward(dy, cache):
        x, W, h = cache
        return dense_gradients(dy * (1 - h * h) * (draw.random(dy.shape) > 0.5), x, W)

    assert first(check(dense, backward, dense_inputs()))[0] == "dropout_mask_not_reused"


def test_a_mask_that_is_not_dropout():
    def forward(x, mask):
        return (x * mask[..., None]).sum(axis=1), (mask, x.shape)

    def backward(dy, cache):
        return np.broadcast_to(dy[:, None], cache[1])

    inputs = {"x": rng().standard_normal((3, 5, 4)), "mask": rng(1).random((3, 5)) > 0.4}
    assert first(check(forward, backward, inputs)) == ("mask_missing", "x")


def test_ids_that_repeat():
    def backward(dy, cache):
        ids, shape = cache
        dW = np.zeros(shape)
        dW[ids] += dy
        return dW

    inputs = {"ids": np.array([0, 3, 3, 1, 6]), "W": rng().standard_normal((7, 4))}
    report = check(lambda ids, W: (W[ids], (ids, W.shape)), backward, inputs)
    assert first(report) == ("overwritten_duplicates", "W") and report.findings[0].evidence["ids"] == [3]


def norm(x, gamma):
    xc = x - x.mean(axis=-1, keepdims=True)
    std = np.sqrt((xc * xc).mean(axis=-1, keepdims=True) + 1e-5)
    return xc / std * gamma, (xc / std, std, gamma)


NORM = {
    "mean": ("missing_centering", lambda g, h, s: (g - h * (g * h).mean(-1, keepdims=True)) / s),
    "projection": ("missing_centering", lambda g, h, s: (g - g.mean(-1, keepdims=True)) / s),
    "both": ("missing_centering", lambda g, h, s: g / s),
    "std": ("missing_feature_factor", lambda g, h, s: g - g.mean(-1, keepdims=True) - h * (g * h).mean(-1, keepdims=True)),
    "axis": ("wrong_axis", lambda g, h, s: (g - g.mean(0, keepdims=True) - h * (g * h).mean(-1, keepdims=True)) / s),
}


@pytest.mark.parametrize("mistake", NORM)
def test_the_norm(mistake):
    cause, dx = NORM[mistake]

    def backward(dy, cache):
        h, s, gamma = cache
        return dx(dy * gamma, h, s), (dy * h).sum(axis=0)

    assert first(check(norm, backward, {"x": rng().standard_normal((4, 6)), "gamma": rng(1).standard_normal(6)})) == (cause, "x")


def test_gamma_left_out_inside_the_norm():
    def backward(dy, cache):
        h, s, gamma = cache
        return NORM_RIGHT(dy, h, s), (dy * h).sum(axis=0)

    report = check(norm, backward, {"x": rng().standard_normal((4, 6)), "gamma": rng(1).standard_normal(6)})
    assert first(report) == ("missing_feature_factor", "x") and report.findings[0].matched == "gamma"


def NORM_RIGHT(g, h, s):
    return (g - g.mean(-1, keepdims=True) - h * (g * h).mean(-1, keepdims=True)) / s


def test_an_epsilon_that_forward_adds():
    def forward(z, ids):
        P = softmax(z)
        return -np.log(P[np.arange(4), ids] + 1e-4).mean(), (P, ids)

    def backward(dL, cache):
        P, ids = cache
        return dL * (P - np.eye(5)[ids]) / 4

    report = check(forward, backward, {"z": 4 * rng().standard_normal((4, 5)), "ids": np.array([1, 0, 4, 2])})
    assert first(report) == ("wrong_scale", "z") and report.findings[0].evidence["epsilon"] == pytest.approx(1e-4, rel=1e-3)


def recurrent(x, w):
    h, states = np.zeros(x.shape[0]), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] + w * h)
        states.append(h)
    return np.stack(states, axis=1), (states, x.shape)


def test_a_gradient_that_does_not_go_back_in_time():
    def backward(dy, cache):
        states, shape = cache
        return np.stack([dy[:, t] * (1 - states[t] ** 2) for t in range(shape[1])], axis=1)

    inputs = {"x": rng().standard_normal((2, 4))}
    assert first(check(lambda x: recurrent(x, 0.8), backward, inputs)) == ("gradient_cut", "x")


def test_windows_that_overwrite_each_other():
    weights = np.array([0.5, -1.0, 2.0])

    def backward(dy, size):
        dx = np.zeros(size)
        for t in range(size - 2):
            dx[t : t + 3] = weights * dy[t]
        return dx

    def forward(x):
        return np.array([weights @ x[t : t + 3] for t in range(len(x) - 2)]), len(x)

    assert first(check(forward, backward, {"x": rng().standard_normal(7)})) == ("not_accumulated", "x")


def test_a_mask_from_the_gradients_own_sign():
    def forward(x):
        return np.maximum(x, 0) @ np.ones((4, 3)), None

    report = check(forward, lambda dy, _: np.maximum(dy @ np.ones((3, 4)), 0), {"x": rng().standard_normal((5, 4))})
    assert first(report) == ("mask_missing", "x") and "not linear in dy" in report.findings[0].message


def test_a_rotation_that_does_not_turn_back():
    c, s = np.cos(0.7), np.sin(0.7)

    def turn(x, *_):
        return np.stack([c * x[:, 0] - s * x[:, 1], s * x[:, 0] + c * x[:, 1]], axis=1)

    assert first(check(lambda x: (turn(x), None), turn, {"x": rng().standard_normal((5, 2))}))[0] == "sign_flip"


def test_what_no_cause_explains_is_called_wrong():
    def backward(dy, cache):
        x, W, h = cache
        dx, dW, db = dense_gradients(dy * (1 - h * h), x, W)
        dW = dW + 0.5 * x[[1, 2, 0, 4, 3]].T @ (dy * h * h) * np.arange(12).reshape(3, 4)
        return dx, dW, db

    assert first(check(dense, backward, dense_inputs())) == ("wrong", "W")


def test_the_formula_is_cited_where_the_module_of_backward_tags_it():
    op = registry["linear"]
    report = check(lambda x, W, b: (x @ W.T - b, (x, W, True)), op.backward, op.make_inputs(rng()))
    assert report.findings[0].tag == "linear:B3" and "db = sum over rows dy" in report.findings[0].message
