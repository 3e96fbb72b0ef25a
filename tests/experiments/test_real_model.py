"""The runs on a real model, on one that is not: what is read, trained, kept and refused."""

import numpy as np
import pytest

from minilora import files
from minilora.adapters import adapters_of
from minilora.data import CharTokenizer
from minilora.experiments import real_model
from minilora.nn import Transformer, TransformerConfig


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    for name in ("02_b.md", "01_a.md", "28_c.md", "notes.md"):
        (tmp_path / name).write_text(f"text of {name}, " * 400)
    monkeypatch.setattr(real_model, "LESSONS", tmp_path)
    monkeypatch.setattr(real_model, "RESULT", tmp_path / "results" / "real_model.json")
    return tmp_path


@pytest.fixture
def small():
    tokenizer = CharTokenizer.train("".join(real_model.PROMPTS) + "text of 01_a.md, 02_b\n")
    sizes = {"n_layers": 1, "n_heads": 2, "n_kv_heads": 1, "d_model": 16, "block_size": real_model.BLOCK}
    return Transformer(TransformerConfig.preset("tiny-llama", vocab_size=tokenizer.vocab_size, **sizes), rng=0), tokenizer


def test_the_text_is_of_the_lessons_before_this_one(lessons, monkeypatch):
    text = real_model.course_text()
    assert text.startswith("text of 01_a.md") and "02_b.md" in text and "28_c" not in text and "notes" not in text
    monkeypatch.setattr(real_model, "LESSONS", lessons / "none")
    with pytest.raises(ValueError, match="come with a checkout"):
        real_model.course_text()


def test_a_run_trains_the_adapters_alone(lessons, small):
    model, tokenizer = small
    learning, windows = real_model.learning_and_windows(tokenizer, real_model.course_text(), 3)
    assert len(windows) == 3 and windows[0][0].shape == (1, real_model.BLOCK)
    before = model.blocks[0].attn.q.W.data.copy()
    losses = real_model.adapted(model, learning, 4, seed=1)
    assert len(losses) == 4 and [name for name, *_ in adapters_of(model)] == ["blocks.0.attn.q", "blocks.0.attn.v"]
    assert np.array_equal(model.blocks[0].attn.q.W.data, before) and all(a.B.data.any() for *_, a in adapters_of(model))


def test_samples_go_on_from_each_prompt(small):
    rows = real_model.samples(*small, tokens=5)
    assert [row["prompt"] for row in rows] == list(real_model.PROMPTS)
    assert all(len(row[way]) == 5 for row in rows for way in ("greedy", "drawn"))
    assert rows == real_model.samples(*small, tokens=5)


def test_parts_that_are_done_are_not_done_again_and_another_text_is_refused(lessons, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(real_model, "KINDS", ("attn.q",))
    monkeypatch.setattr(real_model, "SEEDS", (0, 1))
    for name in ("adaptation", "untouched", "all_spectra", "all_truncated"):
        monkeypatch.setattr(real_model, name, lambda text, *arguments, name=name: calls.append((name, *arguments)) or len(calls))
    with pytest.raises(ValueError, match="real_model.json is not here"):
        real_model.kept()
    real_model.main()
    done = [("adaptation", 0), ("adaptation", 1), ("untouched",), ("all_spectra",), ("all_truncated", "attn.q")]
    assert calls == done and "spectra: done" in capsys.readouterr().out
    found = real_model.kept()
    assert found["truncation attn.q"] == 5 and found["text"]["characters"] == len(real_model.course_text())
    files.save_json(real_model.RESULT, {name: value for name, value in found.items() if name != "spectra"})
    real_model.main()
    assert calls[len(done) :] == [("all_spectra",)]
    (lessons / "01_a.md").write_text("another text")
    with pytest.raises(ValueError, match="the lessons have changed"):
        real_model.main()
