"""What forward and backward must not do: change their inputs, draw random numbers, lose precision."""

import numpy as np
import pytest

from minilora.gradcheck import check
from minilora.gradcheck.subject import named, size_of_one


def test_float32_inside_forward_is_rounding(causes, rng):
    def forward(x):
        return np.sin(x).astype(np.float32).astype(np.float64), x

    report = check(forward, lambda dy, x: dy * np.cos(x), {"x": rng.standard_normal((3, 4))})
    assert causes(report) == [("rounding", "x")] and not report.ok
    report = check(lambda x: (np.sin(x).astype(np.float32), x), lambda dy, x: dy * np.cos(x), {"x": rng.standard_normal((3, 4))})
    assert causes(report) == [("wrong_dtype", "y"), ("rounding", "x")]


def test_float32_inside_forward_is_rounding_whatever_the_values(causes):
    for seed in range(40):
        x = np.random.default_rng(seed).standard_normal((3, 4))
        report = check(lambda x: (np.sin(x).astype(np.float32) + 0.0 * x, x), lambda dy, x: dy * np.cos(x), {"x": x}, rng=seed)
        assert causes(report) == [("rounding", "x")], f"{seed}\n{report}"


def test_gradients_in_memory_that_forward_uses_again(rng):
    buffer = np.empty((2, 3))

    def forward(x, W):
        np.multiply(x, W, out=buffer)
        return buffer.copy(), (x, W)

    def backward(dy, cache):
        x, W = cache
        return dy * W, np.multiply(dy, x, out=buffer)

    assert check(forward, backward, {"x": rng.standard_normal((2, 3)), "W": rng.standard_normal((2, 3))}).ok


def test_unseeded_randomness_is_found(rng, causes):
    source = np.random.default_rng(3)

    def forward(x):
        mask = source.random(x.shape) < 0.8
        return x * mask, mask

    report = check(forward, lambda dy, mask: dy * mask, {"x": rng.standard_normal((3, 4))})
    assert causes(report) == [("nondeterministic_forward", "y")]
    assert not report.ok and report["x"].numeric is None and report.verdict("x") == "not checked"


def test_mutation_by_forward_is_found_and_the_rest_still_judged(layernorm, rng, causes):
    def forward(x, gamma, beta):
        x -= x.mean(axis=-1, keepdims=True)
        return layernorm.forward(x, gamma, beta)

    report = check(forward, layernorm.backward, layernorm.inputs(rng, 3, 5))
    assert causes(report) == [("mutates_input", "x")]
    assert not report.ok and report["x"].ok and "forward changes x in place" in str(report)


@pytest.mark.parametrize("victim", ["x", "dy", "ids"])
def test_mutation_by_backward_is_found(rng, causes, victim):
    def forward(x, ids):
        return x * x, (x, ids)

    def backward(dy, cache):
        x, ids = cache
        dx = 2 * x * dy
        {"x": x, "dy": dy, "ids": ids}[victim][0] += 1
        return dx

    report = check(forward, backward, {"x": rng.standard_normal(3), "ids": np.array([1, 2])})
    assert causes(report) == [("mutates_input", victim)] and report.findings[0].where == (0,)
    assert "backward changes" in report.findings[0].message


def test_a_change_of_shape_in_place_is_found(rng, causes):
    def backward(dy, x):
        dx = 2 * x * dy
        dy.resize(12, refcheck=False)
        return dx

    report = check(lambda x: (x * x, x), backward, {"x": rng.standard_normal((3, 4))})
    assert causes(report) == [("mutates_input", "dy")] and "(3, 4) became (12,)" in report.findings[0].message


def test_the_cotangent_is_not_x_drawn_with_the_same_seed():
    """default_rng(0) for x and rng=0 for the check: dy = x would hide most of what layer norm's dx can lack."""
    x = np.random.default_rng(0).standard_normal((4, 6))
    seen = []
    check(lambda x: (2 * x, None), lambda dy, _: seen.append(dy.copy()) or 2 * dy, {"x": x}, rng=0)
    assert abs(np.corrcoef(seen[0].ravel(), x.ravel())[0, 1]) < 0.5


def test_zero_names_whole_names_suffixes_and_globs():
    names = ["x", "blocks.0.attn.k.b", "blocks.1.attn.k.b", "blocks.0.mlp.b", "k.blocks"]
    assert named(("x",), names) == named("x", names) == {"x"}
    assert named(["k.b"], names) == named(["blocks.*.attn.k.b"], names) == set(names[1:3])
    assert named((), names) == set()
    for pattern in ("b.", "tn.k.b", "y"):
        with pytest.raises(ValueError, match="zero= names"):
            named((pattern,), names)


def test_which_sizes_of_one_explain_a_zero():
    assert "W's shape" in size_of_one("W", (3, 1), {}, {})
    assert "x's shape" in size_of_one("W", (3, 2), {"x": (4, 1, 2)}, {})
    assert size_of_one("W", (3, 2), {"x": (1, 4, 2), "b": (1,)}, {"T": 4}) is None
    assert size_of_one("W", (3, 2), {"x": (1, 4, 2)}, {"T": 1}) == "explained by T = 1"
