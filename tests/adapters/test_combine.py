"""Several adapters as one: exact by cat, with its cross terms by linear, best of its rank by svd."""

import numpy as np
import pytest

from minilora.adapters import (
    METHODS,
    LoRA,
    adapters_of,
    combine,
    enable,
    inject,
    load_adapter,
    merge,
    save_adapter,
    unmerge,
    weigh,
)
from minilora.adapters.combine import added, cat, recut, share
from minilora.gradcheck import check_model
from minilora.lowrank import truncate

PLACES = {"one": ("attn.q", "attn.v", "mlp.up"), "two": ("attn.q", "attn.o"), "three": ("attn.q", "mlp.up")}
WEIGHTS = {"one": 1.5, "two": -0.7, "three": 0.4}
FACTORED = ["lora", "rslora", "lora-fa", "pissa", "olora", "lora-ga", "eva"]
ADDITIVE = [method for method, spec in METHODS.items() if spec.additive and method != "qlora"]
COMMON = "blocks.0.attn.q"


@pytest.fixture
def several(small, spec_of, away, batch):
    """several(methods, r) -> a model with adapters one, two, three of these methods, on overlapping layers."""

    def make(*methods, r=1, **fields):
        model = small(**fields).eval()
        for seed, ((name, targets), method) in enumerate(zip(PLACES.items(), methods, strict=False)):
            spec = spec_of(method, r=r, factor=2)
            inject(model, spec, targets, rng=seed, name=name, batch=batch if spec.evidence else None)
            away(model, name, seed)
        return model

    return make


def wanted(model, weights):
    """{layer: the weighted sum of the changes}, written out."""
    total = {}
    for layer, _, name, adapter in adapters_of(model):
        if name in weights:
            total[layer] = total.get(layer, 0) + weights[name] * adapter.delta()
    return total


def check_rows(model, rows, expected, name="combined"):
    """The rows, and the adapter itself, against the sum; its error and how much it adds."""
    there = {layer: adapter for layer, _, _, adapter in adapters_of(model, name)}
    assert [row["layer"] for row in rows] == list(there) == [layer for layer, *_ in model.named_layers() if layer in expected]
    for row in rows:
        adapter, D = there[row["layer"]], expected[row["layer"]]
        assert row["r"] == len(adapter.A.data) and all(type(value) is float for value in (row["wanted"], row["error"]))
        np.testing.assert_allclose(row["wanted"], np.linalg.norm(D), rtol=1e-10)
        np.testing.assert_allclose(row["error"], np.linalg.norm(adapter.delta() - D), atol=1e-12)


@pytest.mark.parametrize("method", FACTORED)
def test_cat_is_exact(several, batch, method):
    model = several(method, method)
    weights = {name: WEIGHTS[name] for name in ("one", "two")}
    expected = wanted(model, weights)
    rows = combine(model, list(weights), list(weights.values()))
    check_rows(model, rows, expected)
    each = 2 if "A0" in adapters_of(model)[0][-1].arrays() else 1
    assert {row["layer"]: row["r"] for row in rows} == {layer: each * (2 if layer.endswith("q") else 1) for layer in expected}
    assert all(row["error"] < 1e-12 * row["wanted"] and row["cross"] == {} for row in rows)
    plain = several()
    for layer, D in expected.items():
        dict(plain.named_layers())[layer].W.data += D
    np.testing.assert_allclose(model.forward(batch[0]), plain.forward(batch[0]), rtol=1e-9)


def test_cat_of_three_methods_and_what_weigh_set(several, batch):
    model = several("lora", "pissa", "rslora")
    weigh(model, "one", 3)
    for name, weight in WEIGHTS.items():
        weigh(model, name, 3 * weight)
    logits = model.forward(batch[0])
    rows = combine(model, ["one", "two", "three"])
    assert rows[0] | {"wanted": 0, "error": 0} == {"layer": COMMON, "r": 4, "wanted": 0, "error": 0, "cross": {}}
    np.testing.assert_allclose(model.forward(batch[0]), logits, rtol=1e-9)


def test_the_sources_are_off_and_the_new_one_learns(several, batch):
    model = several("lora", "pissa")
    combine(model, ["one", "two"], name="both")
    assert {name: adapter.enabled for *_, name, adapter in adapters_of(model)} == {"one": False, "two": False, "both": True}
    assert {name.split(".")[-2] for name, p in model.named_parameters() if p.trainable} == {"both"}
    report = check_model(model, *batch)
    assert report.ok, str(report)
    logits = model.forward(batch[0])
    merge(model)
    np.testing.assert_allclose(model.forward(batch[0]), logits, rtol=1e-10)
    unmerge(model)
    enable(model)
    assert np.abs(model.forward(batch[0]) - logits).max() > 0.01


def test_linear_has_cross_terms_and_says_how_large_they_are(several):
    model = several("lora", "lora", "lora", r=2)
    expected = wanted(model, WEIGHTS)
    factors = {(layer, name): adapter for layer, _, name, adapter in adapters_of(model)}
    rows = combine(model, list(WEIGHTS), list(WEIGHTS.values()), how="linear")
    check_rows(model, rows, expected)
    root = {name: np.sqrt(abs(w) * 1.5) for name, w in WEIGHTS.items()}
    row = rows[0]
    assert row["layer"] == COMMON and row["r"] == 2
    assert list(row["cross"]) == [("one", "two"), ("one", "three"), ("two", "three")]
    total = 0
    for (i, j), norm in row["cross"].items():
        (A_i, B_i), (A_j, B_j) = ((factors[COMMON, n].A.data, factors[COMMON, n].B.data) for n in (i, j))
        terms = root[i] * root[j] * (np.sign(WEIGHTS[i]) * B_i @ A_j + np.sign(WEIGHTS[j]) * B_j @ A_i)
        np.testing.assert_allclose(norm, np.linalg.norm(terms), rtol=1e-10, err_msg=f"{i} {j}")
        total = total + terms
    np.testing.assert_allclose(row["error"], np.linalg.norm(total), rtol=1e-10)
    assert row["error"] > 0.1
    alone = {row["layer"]: row for row in rows}["blocks.1.attn.v"]
    assert alone["cross"] == {} and alone["error"] < 1e-12, "with one source there is nothing to cross"


@pytest.mark.parametrize("method", ADDITIVE)
def test_svd_is_the_best_of_its_rank_for_every_method_that_adds_up(several, method):
    model = several(method, method, r=2)
    weights = {"one": 1.5, "two": -0.7}
    expected = wanted(model, weights)
    rows = combine(model, ["one", "two"], [1.5, -0.7], how="svd", r=1)
    check_rows(model, rows, expected)
    for row in rows:
        sigma = np.linalg.svd(expected[row["layer"]], compute_uv=False)
        np.testing.assert_allclose(row["error"], np.sqrt((sigma[1:] ** 2).sum()), atol=1e-12)
        assert row["r"] == 1 and row["cross"] == {}
    assert max(row["error"] for row in rows) > 1e-3


@pytest.mark.parametrize("how", ["cat", "linear", "svd"])
def test_an_embedding_and_a_tied_head(small, away, batch, how):
    model = small()
    for seed, name in enumerate(("one", "two")):
        inject(model, LoRA(r=2, alpha=3), ("embed", "head"), rng=seed, name=name)
        away(model, name, seed)
    logits = model.forward(batch[0])
    rows = combine(model, ["one", "two"], how=how, r=4 if how == "svd" else None)
    assert [row["layer"] for row in rows] == ["embed", "head"]
    if how == "linear":
        assert all(row["error"] > 0.1 for row in rows)
    else:
        np.testing.assert_allclose(model.forward(batch[0]), logits, rtol=1e-9)


@pytest.mark.parametrize("how", ["cat", "svd"])
def test_there_and_back(several, small, batch, tmp_path, how):
    """Layers of different ranks, in one file."""
    model = several("lora", "pissa")
    combine(model, ["one", "two"], [1, 0.5], how, r=2 if how == "svd" else None)
    save_adapter(model, tmp_path, "combined")
    fresh = small().eval()
    load_adapter(fresh, tmp_path)
    np.testing.assert_allclose(fresh.forward(batch[0]), model.forward(batch[0]), rtol=1e-12)


def test_of_what_was_saved_and_loaded(several, small, batch, tmp_path):
    model = several("lora", "olora")
    fresh = small().eval()
    for name in ("one", "two"):
        save_adapter(model, tmp_path / name, name)
        load_adapter(fresh, tmp_path / name, name)
    for m in (model, fresh):
        combine(m, ["one", "two"])
    assert np.array_equal(fresh.forward(batch[0]), model.forward(batch[0]))
    assert adapters_of(fresh, "combined")[0][-1].base == adapters_of(fresh, "one")[0][-1].base


def test_float32_stays_float32(several, batch):
    model = several("lora", "pissa", dtype="float32")
    combine(model, ["one", "two"], np.array([0.5, 2.0]))
    assert model.forward(batch[0]).dtype == "float32"
    assert {p.data.dtype.name for p in model.parameters()} == {"float32"}


def test_the_formulas_on_factors_alone():
    rng = np.random.default_rng(0)
    (A1, A2), (B1, B2) = rng.standard_normal((2, 3, 9)), rng.standard_normal((2, 11, 3))
    one, two = share(A1, B1, 1.7), share(A2, B2, -0.6)
    D = 1.7 * B1 @ A1 - 0.6 * B2 @ A2
    A, B = cat(*one, *two)
    np.testing.assert_allclose(B @ A, D, atol=1e-12)
    A_sum, B_sum, cross_terms = added(*one, *two)
    np.testing.assert_allclose(B_sum @ A_sum - D, cross_terms, atol=1e-12)
    for r in (1, 4, 6):
        A_r, B_r = recut(A, B, r)
        np.testing.assert_allclose(B_r @ A_r, truncate(D, r), atol=1e-12)
        np.testing.assert_allclose(A_r @ A_r.T, B_r.T @ B_r, atol=1e-12)


def test_svd_to_a_rank_above_that_of_the_sum(several):
    model = several("lora", "lora")
    expected = wanted(model, {"one": 1, "two": 1})
    rows = combine(model, ["one", "two"], how="svd", r=3)
    check_rows(model, rows, expected)
    assert all(row["r"] == 3 and row["error"] < 1e-12 for row in rows)
