"""The command's way through the analyses: names, what is kept, the page."""

import json

import pytest

from minilora.cli import main
from minilora.experiments.lowrank import analyse as analyses
from minilora.experiments.lowrank.analyse import analyse, choose, table_text
from minilora.experiments.lowrank.catalogue import ANALYSES


def test_names_are_chosen_in_order_and_a_wrong_one_named():
    assert list(choose([])) == list(ANALYSES) and list(choose(["gauge", "spectra"])) == ["spectra", "gauge"]
    with pytest.raises(ValueError, match="did you mean subspaces"):
        choose(["subspace"])
    with pytest.raises(ValueError, match="there are eckart-young, spectra"):
        choose(["xyz"])


def test_what_is_done_is_taken_up(ground):
    told = []
    names = ["eckart-young", "amplification"]
    first = analyse(ground.folder, names, ground.arena.setting, say=told.append)
    times = {path: path.stat().st_mtime_ns for path in ground.folder.glob("*/*.json")}
    again = analyse(ground.folder, names, ground.arena.setting, n_jobs=2, parallel="threading", say=told.append)
    assert first == again and times == {path: path.stat().st_mtime_ns for path in ground.folder.glob("*/*.json")}
    assert told[:3] == ["1  The base", "2  3 training runs of 4 steps", "3  2 analyses"]
    result = first["amplification"]
    assert result["seeds"] == [0, 1] and result["setting"]["steps"] == 4 and len(result["texts"]["base"]["sha256"]) == 64


def test_other_seeds_are_other_runs(ground):
    one, two = (analyse(ground.folder, ["change"], ground.arena.setting, seed, say=lambda line: None) for seed in (0, 5))
    assert one["change"]["data"] != two["change"]["data"] and two["change"]["seeds"] == [5, 6]


def test_a_table_is_aligned(measured):
    lines = table_text("which-weights", measured("which-weights")).splitlines()
    assert lines[0].startswith("adapted") and len(lines) == 10


def test_the_command_writes_data_pictures_and_a_page(ground, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("minilora.commands.analyses.QUICK", ground.arena.setting)
    folder = tmp_path / "out"
    assert main(["lowrank", "eckart-young", "--quick", "--jobs", "1", "--folder", str(folder)]) == 0
    out = tmp_path / "out-quick"
    kept = json.loads((out / "eckart-young.json").read_text())
    assert set(kept) == {"title", "finding", "data", "setting", "seeds", "texts", "versions"}
    assert (out / "eckart-young.png").read_bytes()[:4] == b"\x89PNG"
    page = (out / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 1 and page.endswith("</html>") and "SHA-256" in page
    printed = capsys.readouterr().out
    assert kept["finding"][:60] in printed.replace("\n", " ") and "rehearsal" in printed


def test_a_wrong_name_is_refused(capsys, tmp_path):
    assert main(["lowrank", "spectrums", "--folder", str(tmp_path)]) == 2
    assert "did you mean spectra?" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_the_settings_are_those_of_the_systems():
    assert analyses.FULL.steps == 400 and analyses.QUICK.seeds == 2
