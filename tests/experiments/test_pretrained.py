"""The base model that comes with the package: small, as its card says, and ready."""

import numpy as np
import pytest

from minilora.data import evaluation_windows, keep_characters, python_docs
from minilora.experiments import pretrained
from minilora.experiments.runs import held_out_loss, learning_and_held_out
from minilora.nn import generate


@pytest.fixture(scope="module")
def loaded():
    return pretrained.load_pretrained()


def test_it_is_small():
    files = list(pretrained.FOLDER.iterdir())
    assert {path.name for path in files} == {"model.safetensors", "card.json"}
    assert sum(path.stat().st_size for path in files) <= 2_000_000


def test_it_is_the_model_of_its_card(loaded):
    model, tokenizer = loaded
    card = pretrained.card()
    assert sum(p.data.size for p in model.parameters()) == card["parameters"]
    assert model.config.vocab_size == tokenizer.vocab_size == 97
    assert not model.training and all(p.trainable and p.data.dtype == np.float32 for p in model.parameters())


def test_its_loss_is_that_of_its_card(loaded):
    model, tokenizer = loaded
    corpus = python_docs().plain()
    if corpus.sha256 != pretrained.card()["corpus"]["sha256"]:
        pytest.skip("this Python has another documentation than the one it was trained on")
    _, held_out = learning_and_held_out(tokenizer, corpus, model.config.block_size)
    loss = held_out_loss(model, evaluation_windows(held_out, model.config.block_size))
    assert loss == pytest.approx(pretrained.card()["loss"]["held_out"], rel=1e-5)


def test_it_has_learnt(loaded):
    model, tokenizer = loaded
    ids = np.array([tokenizer.encode("The value of the ")])
    text = tokenizer.decode(generate(model, ids, max_new_tokens=40, temperature=0)[0])
    assert keep_characters(text) == text and pretrained.card()["loss"]["held_out"] < 1.3


def test_other_precision():
    model, _ = pretrained.load_pretrained("float64")
    assert all(p.data.dtype == np.float64 for p in model.parameters())


def test_it_is_made_by_one_call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pretrained.make(tmp_path / "base", steps=2, batch_size=2)
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "base")
    model, _ = pretrained.load_pretrained()
    assert pretrained.card()["made_with"]["steps"] == 2 and pretrained.card()["characters_seen"] == 256
    assert model.config.dropout == 0
