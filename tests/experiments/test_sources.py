"""One door: each kind of model by its name, and what a name that is none gets."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tokenizers", reason="the package tokenizers is needed: pip install 'minilora[real]'")
pytest.importorskip("gguf", reason="the package gguf is needed: pip install 'minilora[real]'")
sys.path.append(str(Path(__file__).parents[1] / "interop"))
from real_folder import write_folder
from write_gguf import write_llama

from minilora.adapters import LoRA, inject, save_adapter
from minilora.data import CharTokenizer
from minilora.experiments import runs, sources
from minilora.files import FileError, load_json, save_json
from minilora.interop import fetch, load_gguf, load_huggingface
from minilora.nn import QuantizedParameter, Transformer, TransformerConfig

IDS = np.array([[1, 5, 2, 7]])


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "real")


@pytest.fixture
def gguf_file(tmp_path):
    tokens = [chr(0x100 + i) for i in range(77)]
    more = {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm", "tokenizer.ggml.tokens": tokens,
            "tokenizer.ggml.merges": [], "tokenizer.ggml.eos_token_id": 3}  # fmt: skip
    more["tokenizer.ggml.merges"] = [f"{tokens[0]} {tokens[1]}"]
    more["tokenizer.ggml.tokens"][2] = tokens[0] + tokens[1]
    write_llama(tmp_path / "small.gguf", more=more)
    return tmp_path / "small.gguf"


@pytest.fixture
def run(tmp_path):
    tokenizer = CharTokenizer.train("abcdefgh")
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=tokenizer.vocab_size, block_size=6, d_model=8, n_heads=2))
    runs.save_run(tmp_path / "run", model, tokenizer, {"command": "train"})
    return tmp_path / "run", model


def test_a_folder(folder):
    model, tokenizer = sources.load(folder)
    assert np.array_equal(model.forward(IDS), load_huggingface(folder).forward(IDS)) and not model.training
    assert tokenizer.decode(tokenizer.encode("def f")) == "def f" and tokenizer.eos is not None


def test_a_gguf_file(gguf_file):
    model, tokenizer = sources.load(str(gguf_file))
    assert np.array_equal(model.forward(IDS), load_gguf(gguf_file).forward(IDS))
    assert (tokenizer.vocab_size, tokenizer.eos) == (77, 3)


def test_a_run(run):
    folder, saved = run
    model, tokenizer = sources.load(folder)
    assert np.array_equal(model.forward(IDS), saved.eval().forward(IDS)) and isinstance(tokenizer, CharTokenizer)


def test_a_fetched_name(folder, monkeypatch):
    monkeypatch.setattr(fetch, "cached", {"smollm2": folder}.get)
    assert sources.locate("smollm2") == folder
    with pytest.raises(ValueError, match=r"minilm is not here yet: minilora fetch minilm \(84 MB\)"):
        sources.load("minilm")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["folder", "gguf_file", "run"])
def test_quantised(kind, request):
    name = request.getfixturevalue(kind)
    name = name[0] if kind == "run" else name
    model, _ = sources.load(name, quantised=True)
    held = {key for key, p in model.named_parameters() if isinstance(p, QuantizedParameter)}
    assert "blocks.0.attn.q.W" in held and not any("norm" in key for key in held)
    full, _ = sources.load(name)
    assert not any(isinstance(p, QuantizedParameter) for p in full.parameters())


def test_names_that_are_none(folder, run, tmp_path):
    with pytest.raises(ValueError, match=r"large is no model, and no such path exists; give smollm2 \(minilora fetch smollm2\)"):
        sources.load("large")
    with pytest.raises(ValueError, match=r" is no model; give .* a .gguf file, a Hugging Face folder, or the folder of a run"):
        sources.load(tmp_path)
    inject(run[1], LoRA(r=1), ("attn.q",))
    save_adapter(run[1], tmp_path / "adapter")
    for name in ("adapter.json", "adapter_config.json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("{}")
        with pytest.raises(FileError, match="is an adapter; name the model that it adapts, and this one with --adapter"):
            sources.load(tmp_path / name)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(FileError, match="is no GGUF file"):
        sources.load(tmp_path / "text")


def test_a_tokenizer_of_another_model(folder):
    config = load_json(folder / "config.json")
    other = write_folder(folder.parent / "other", merges=40)
    shutil.copy(other / "tokenizer.json", folder / "tokenizer.json")
    larger = sources.load_tokenizer(other).vocab_size
    assert larger > config["vocab_size"]
    with pytest.raises(ValueError, match=f"its tokenizer has {larger} tokens, the model {config['vocab_size']}: they do not"):
        sources.load(folder)


def test_a_model_with_more_rows_than_tokens(folder):
    wider = write_folder(folder.parent / "wider", rows=5)
    model, tokenizer = sources.load(wider)
    assert model.config.vocab_size == tokenizer.vocab_size + 5


def test_identity(folder, run, gguf_file):
    before = sources.identity(folder)
    assert before == sources.identity(folder) and before["name"] == "real" and len(before["sha256"]) == 1
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    assert sources.identity(folder) != before
    assert sources.identity(gguf_file)["sha256"] == [fetch.sha256(gguf_file)]
    state = load_json(run[0] / "checkpoint.json")
    assert sources.identity(run[0]) == state["save"]
    save_json(run[0] / "checkpoint.json", state | {"save": "another"})
    assert sources.identity(run[0]) == "another"
