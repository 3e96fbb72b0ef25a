"""The demo's story on tiny texts: its figures hold together, its stages are kept, its report shows everything."""

import dataclasses

import numpy as np
import pytest

from minilora.data import Corpus
from minilora.experiments import analysis
from minilora.experiments.demo import DemoSettings, encode, run_demo
from minilora.experiments.report import comparison_text, report_html
from minilora.experiments.runs import held_out_loss
from minilora.experiments.verification import verify
from minilora.nn import Transformer, TransformerConfig

SETTINGS = DemoSettings(steps=8, adapt_steps=6, batch_size=4, block_size=16, rank=2, sample=5)
TEXTS = {
    "base": Corpus("<prose>", "".join(f"The {i}th line says {i * i % 97}.\n" for i in range(100)), "made here"),
    "target": Corpus("code & co", "".join(f"def f{i}(x):\n    return x + {i}\n" for i in range(100)), "made here"),
}


def tell(folder, settings=SETTINGS):
    return run_demo(TEXTS, *encode(TEXTS, settings), settings, folder, say=lambda line: None)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, tell(folder)


def test_figures_hold_together(told):
    _, result = told
    C = result["model"]["config"]["d_model"]
    layers = result["model"]["config"]["n_layers"]
    assert result["base"]["trainable"] == result["full"]["trainable"] == result["model"]["parameters"]
    assert result["lora"]["trainable"] == layers * SETTINGS.rank * (4 * 2 * C + 2 * 5 * C)
    assert result["lora"]["optimizer_bytes"] == 2 * 4 * result["lora"]["trainable"]
    assert len(result["base"]["train_loss"]) == SETTINGS.steps and len(result["lora"]["train_loss"]) == SETTINGS.adapt_steps
    assert result["truncation"][-1]["loss"] == pytest.approx(result["base"]["loss"]["base"], rel=1e-4)
    for row in result["lora"]["spectra"]:
        assert row["change"][SETTINGS.rank] < 1e-4 * row["change"][0] and row["change"][0] > 0
    assert result["lora"]["train_loss"][0] == result["full"]["train_loss"][0]  # the same batch, before any step


def test_stages_are_kept_and_give_the_same_figures(told):
    folder, result = told
    (stage,) = folder.glob("stages-*/base/checkpoint.json")
    kept = stage.stat().st_mtime_ns
    again = tell(folder)
    assert stage.stat().st_mtime_ns == kept
    assert again["lora"]["loss"] == result["lora"]["loss"] and again["base"]["samples"] == result["base"]["samples"]


def test_other_settings_start_anew(tmp_path):
    few = dataclasses.replace(SETTINGS, steps=2, adapt_steps=2)
    tell(tmp_path, few)
    more = tell(tmp_path, dataclasses.replace(few, lr=1e-4))
    assert len(more["base"]["train_loss"]) == 2 and more["settings"]["lr"] == 1e-4
    assert len(list(tmp_path.glob("stages-*"))) == 2  # and nothing is lost


def test_report_is_whole_and_escaped(told):
    _, result = told
    page = report_html(result, verify(["linear"], progress=False))
    assert page.count("data:image/png;base64,") == 5 and page.endswith("</html>")
    assert "src='http" not in page and "<prose>" not in page and "&lt;prose&gt;" in page and "code &amp; co" in page
    assert "full tuning" in comparison_text(result)


def test_truncation_puts_the_weights_back():
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=7, block_size=5, n_layers=1, d_model=8, n_heads=2))
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 7, (3, 5))
    windows = [(ids, rng.integers(0, 7, (3, 5)))]
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    curve = analysis.truncation_curve(model, windows, [1, 8])
    assert all((p.data == before[name]).all() for name, p in model.named_parameters())
    assert curve[1]["loss"] == pytest.approx(held_out_loss(model, windows), rel=1e-6) and curve[0]["loss"] != curve[1]["loss"]


def test_spectrum_rows_against_a_change_of_known_rank():
    rng = np.random.default_rng(0)
    before = {"W": rng.standard_normal((5, 7))}
    u, v = np.linalg.qr(rng.standard_normal((5, 2)))[0], np.linalg.qr(rng.standard_normal((7, 2)))[0]
    (row,) = analysis.spectrum_rows({"W": before["W"] + u @ np.diag([3.0, 1.0]) @ v.T}, before)
    np.testing.assert_allclose(row["change"], [3, 1, 0, 0, 0], atol=1e-12)
    assert row["change_energy_rank"] == 1  # 9 of 10 parts of the squared size
