"""Every analysis gives plain data, a finding, a table and a picture; and what its data must obey."""

import json

import numpy as np
import pytest

from minilora import lowrank
from minilora.data import evaluation_windows
from minilora.experiments.analysis import truncation_curve
from minilora.experiments.lowrank import features, forgetting, gauge, intruders, truncation
from minilora.experiments.lowrank.analyse import cell_text
from minilora.experiments.lowrank.catalogue import ANALYSES
from minilora.experiments.lowrank.tuning import Tuning
from minilora.experiments.runs import held_out_loss
from minilora.nn import recorded
from minilora.plots.lowrank import PICTURES


def test_each_analysis_has_a_picture():
    assert list(PICTURES) == list(ANALYSES)


@pytest.mark.parametrize("name", ANALYSES)
def test_data_are_plain_and_tell_a_finding(measured, name):
    analysis, data = ANALYSES[name], measured(name)
    read = json.loads(json.dumps(data, allow_nan=False))
    assert read == data
    head, *rows = analysis.table(read)
    assert rows and all(len(row) == len(head) for row in rows)
    finding = analysis.finding(read)
    assert finding == finding.strip() and finding.endswith(".") and "nan" not in finding and any(c.isdigit() for c in finding)
    figure = PICTURES[name](read)
    shown = [ax for ax in figure.axes if ax.has_data()]
    assert shown and all(ax.get_xlabel() or ax.get_ylabel() or ax.get_title() for ax in shown)


def test_the_tail_is_the_error(measured):
    for row in measured("eckart-young")["tails"]:
        assert row["measured"] == pytest.approx(row["exact"], abs=1e-12)
        assert row["exact"] == sorted(row["exact"], reverse=True)


def test_a_sketch_is_never_nearer_than_the_best_and_passes_help(measured):
    rows = measured("eckart-young")["sketches"]
    assert all(min(row["ratios"]) > 1 - 1e-9 and len(row["ratios"]) == 12 for row in rows)
    by = {(row["rank"], row["passes"]): sum(row["ratios"]) / 12 for row in rows}
    assert all(by[rank, 2] < by[rank, 0] for rank, passes in by if passes == 0)
    assert all(sum(row["ratios"]) / 12 < row["bound"] for row in rows)


def test_the_matrix_of_the_numbers_1_to_9(measured):
    example = measured("eckart-young")["example"]
    assert example["sigma"] == pytest.approx([16.8481, 1.0684, 0], abs=5e-5)
    assert example["rank"] == 2 and example["squares"] == pytest.approx(285)
    assert example["errors"] == pytest.approx([example["sigma"][1], 0, 0], abs=1e-12)


def test_initial_matrices_are_noise_and_densities_integrate_to_one(measured):
    for row in measured("spectra")["matrices"]:
        initial = row["noise"]["initial"]
        assert initial["count"] == 0 and initial["lower"] < initial["edge"] < initial["threshold"]
        assert row["before"][0] == pytest.approx(initial["edge"], rel=0.15)
        covered = float(np.trapezoid(initial["density"], initial["s"]))
        assert covered == pytest.approx(1, abs=0.05)


def test_truncation_to_full_rank_costs_nothing(measured):
    data = measured("truncation")
    assert set(data["curves"]) == {"all", "attn.q", "attn.k", "attn.v", "attn.o", "mlp.up", "mlp.down"}
    for curves in data["curves"].values():
        assert {len(curve) for curve in curves.values()} == {6}
        assert all(curve[-1]["loss"] == pytest.approx(data["uncut"], rel=1e-6) for curve in curves.values())


def test_only_what_is_named_is_cut(ground):
    model, windows = ground.arena.model(), ground.arena.held_out["base"]
    asked = []

    def cut(name, W, rank):
        asked.append((name, rank))
        return 0 * W

    curve = truncation_curve(model, windows, [2, 3, 32], ["blocks.0.attn.v", "blocks.0.mlp.up"], cut)
    assert asked == [(name, rank) for rank in (2, 3) for name in ("blocks.0.attn.v", "blocks.0.mlp.up")]
    assert curve[0]["loss"] == curve[1]["loss"] != curve[2]["loss"] == held_out_loss(model, windows)


def test_evidence_is_of_the_inputs(ground):
    """tr(W G W^T) is the sum of squares of what the layer computes, its bias aside."""
    arena, model = ground.arena, ground.arena.model()
    _, gram = truncation.evidence(model, arena)
    sums = dict.fromkeys(gram, 0.0)

    def note(name, layer, x, y):
        if name in sums:
            sums[name] += float(((y - layer.b.data).astype(float) ** 2).sum())

    windows = evaluation_windows(arena.ids["base.train"], 16, n=arena.setting.windows)
    with recorded(model, note):
        for window in windows:
            model.loss(*window)
    for name, W in ground.base.items():
        assert np.trace(W @ gram[name] @ W.T) == pytest.approx(sums[name], rel=1e-4)


def test_evidence_is_of_single_windows(ground):
    """The Fisher information from gradients of one window each."""
    arena, model = ground.arena, ground.arena.model()
    fisher, _ = truncation.evidence(ground.arena.model(), arena)
    ids, targets = evaluation_windows(arena.ids["base.train"], 16, n=arena.setting.windows)[0]
    squares = 0
    for i in range(len(ids)):
        model.zero_grad()
        model.loss(ids[i : i + 1], targets[i : i + 1])
        model.backward()
        squares = squares + model.blocks[0].mlp.up.W.grad.astype(float) ** 2 / len(ids)
    np.testing.assert_allclose(fisher["blocks.0.mlp.up"], squares, rtol=1e-4, atol=1e-12)


def test_each_weighing_is_best_by_its_own_measure(ground):
    fisher, gram = truncation.evidence(ground.arena.model(), ground.arena)
    cuts = truncation.ways_to_cut(fisher, gram)
    for name, W in ground.base.items():
        cut = {way: make(name, W, 3) for way, make in cuts.items()}
        measures = {
            "plain": lambda W_r, W=W: np.linalg.norm(W - W_r),
            "fisher": lambda W_r, W=W, name=name: lowrank.fisher_error(W, W_r, fisher[name]),
            "activation": lambda W_r, W=W, name=name: lowrank.activation_error(W, W_r, gram[name]),
        }
        for way, error in measures.items():
            assert min(cut, key=lambda other, error=error: error(cut[other])) == way


def test_the_change_follows_the_course(ground, measured):
    data = measured("change")
    assert data["steps"] == [1, 2, 4] and len(data["runs"]) == 2
    for run in data["runs"]:
        for row in run:
            assert 1 <= row["stable_rank"] <= row["effective_rank"] <= data["largest"] and row["top"] == sorted(row["top"])[::-1]


def test_one_budget(measured):
    values = {case: found["values"] for case, found in measured("which-weights")["cases"].items()}
    attention = {value for case, value in values.items() if "mlp" not in case}
    assert attention == {8 * 2 * 32} and 0.9 * 512 < values["mlp up r3"] == values["mlp down r3"] <= 512


def test_rank_one_to_the_largest(measured):
    data = measured("rank")
    assert data["values"]["q, v"] == [rank * 2 * 64 for rank in data["ranks"]]
    assert all(len(row) == 2 for rows in data["losses"].values() for row in rows)


def test_phi_is_a_share(measured):
    data = measured("subspaces")
    for grids in data["grids"].values():
        for grid in grids.values():
            flat = [value for row in grid for value in row]
            assert min(flat) >= 0 and max(flat) <= 1 + 1e-9
        assert grids["seeds"][-1][-1] == pytest.approx(1)  # 32 directions are all that there are
        assert np.shape(grids["random"]) == np.shape(grids["ranks"]) == (8, 32)
    n, random = data["n"], [grids["random"] for grids in data["grids"].values()]
    assert np.mean([grid[7][15] for grid in random]) == pytest.approx(lowrank.random_similarity(8, 16, n), abs=0.1)


def test_the_papers_random_row_comes_out_of_the_formula(measured):
    data = measured("amplification")
    assert [(row["r"], round(row["formula"], 4)) for row in data["paper"]] == [(4, 0.0202), (64, 0.3227)]
    assert all(abs(row["formula"] - row["printed"]) < 0.01 for row in data["paper"])
    for row in data["rows"]:
        assert row["own"] <= row["weights"] * (1 + 1e-9) and row["factor"] == pytest.approx(row["delta"] / row["own"])


def test_subspaces_of_all_sizes_and_full_tuning(measured):
    data = measured("intrinsic-dimension")
    assert data["D"] == 32 * 32 and [row["d"] for row in data["rows"]] == [2, 8, 32, 128, 256, 512]
    assert data["lora"]["values"] == 4 * 64 and len(data["full"]) == 2


def test_intruders_are_counted_alike(measured):
    for row in measured("intruders")["runs"].values():
        assert all(0 < cosine <= 1 + 1e-9 for cosines in row["cosines"] for cosine in cosines)
        assert intruders.counts_below(row, 1.01) == pytest.approx(intruders.K)
        assert intruders.counts_below(row, intruders.EPS) == pytest.approx(sum(row["counts"]) / len(row["counts"]))


def test_paths_begin_at_the_base(ground, measured):
    data = measured("forgetting")
    assert len(data["paths"]) == 8
    for path in data["paths"].values():
        assert [row["step"] for row in path] == [0, 1, 2, 4]
        assert {key: path[0][key] for key in ("base", "target")} == ground.base_losses


def test_where_a_path_crosses_a_level():
    path = [{"base": 1.0, "target": 3.0}, {"base": 2.0, "target": 2.0}, {"base": 1.5, "target": 1.0}]
    assert [forgetting.crossing(path, level) for level in (2.5, 1.5, 1.25, 1)] == [1.5, 1.75, 1.625, 1.5]
    with pytest.raises(ValueError, match="ends at"):
        forgetting.crossing(path, 0.9)


def test_a_gauge_changes_the_step_alone_and_flow_conserves(measured):
    data = measured("gauge")
    assert all(row["same_product"] < 1e-12 and row["same_loss"] < 1e-12 for row in data["gauges"].values())
    steps = {gauge: row["next_step"] for gauge, row in data["gauges"].items()}
    assert steps["R orthogonal"] < 1e-9 and steps["R = 3 I"] > 0.1 and steps["balanced"] > 0.1
    one, two, four = (data["drift"][f"SGD, {n} x steps"]["drift"][-1] for n in (1, 2, 4))
    assert one / two == pytest.approx(2, rel=0.1) and two / four == pytest.approx(2, rel=0.1)
    assert data["drift"]["SGD and decay"]["drift"][-1] == pytest.approx(data["predicted"], rel=0.05)
    assert data["drift"]["Adam"]["drift"][-1] > 10 * one


def test_gauges_are_of_the_trained_run(ground, measured):
    model, changes = ground.arena.model(), ground.changes(Tuning("lora", 0, gauge.RANK))
    for name, p in model.named_parameters():
        if name.removesuffix(".W") in changes:
            p.data = p.data + changes[name.removesuffix(".W")].astype("float32")
    loss = model.loss(*next(ground.arena.batches(0)))
    assert measured("gauge")["gauges"]["as trained"]["loss"] == pytest.approx(loss, rel=1e-5)
    assert loss != pytest.approx(ground.arena.model().loss(*next(ground.arena.batches(0))), rel=1e-5)


def test_what_tells_classes_apart():
    """Two classes along one of five axes, the one of least variance: LDA sees it, the first component of PCA does not."""
    rng = np.random.default_rng(0)
    y = np.arange(400) % 2
    X = rng.standard_normal((400, 5)) * [9, 8, 7, 6, 0.1]
    X[:, 4] += y
    parted, components = features.lda.fit(X, y), features.pca.fit(X, 5)
    assert features.judge(features.lda.transform(X, parted), y, features.lda.transform(X, parted), y) == 1
    Z = features.pca.transform(X, components)
    assert features.judge(Z[:, :1], y, Z[:, :1], y) < 0.6 and features.judge(Z, y, Z, y) == 1


def test_a_cell_is_short():
    assert [cell_text(cell) for cell in ("all", 3, 0.123456, 1234.5)] == ["all", "3", "0.1235", "1234"]
