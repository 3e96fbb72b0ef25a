"""A checkpoint without the frozen parameters: as small as that, and the same bits as one with them."""

import numpy as np
import pytest

from minilora.adapters import LoRA, LoRAFA, PiSSA, QLoRA, inject
from minilora.files import FileError, load_arrays, load_json
from minilora.training import AdamW, Trainer, load_checkpoint, save_checkpoint

SPECS = {"lora": LoRA(r=2), "lora-fa": LoRAFA(r=2), "pissa": PiSSA(r=2), "qlora": QLoRA(r=2), "biases": LoRA(r=2, bias="all")}


@pytest.fixture
def build(small):
    """build(spec, seed) -> a model with the weights of seed 0 and an adapter, drawn with `seed`; and its optimiser."""

    def make(spec, seed=0):
        model = small("tiny-gpt", n_layers=2)
        inject(model, spec, ("attn.q", "mlp.up"), rng=seed)
        return model, AdamW(model.parameters(), lr=0.05)

    return make


class Batches:
    def __init__(self):
        self.rng = np.random.default_rng(5)

    def __iter__(self):
        return self

    def __next__(self):
        return tuple(self.rng.integers(0, 7, (2, 3, 5)))

    def state(self):
        return self.rng.bit_generator.state

    def load_state(self, state):
        self.rng.bit_generator.state = state


def bits(trainer):
    arrays = [p.data for p in trainer.model.parameters()] + list(trainer.optimizer.state()["arrays"].values())
    return [row["loss"] for row in trainer.history], [np.asarray(a).tobytes() for a in arrays]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_resumed_equals_uninterrupted(build, tmp_path, spec):
    whole = Trainer(*build(spec), Batches(), folder=tmp_path / "whole", progress=False)
    whole.run(8)
    without = {"folder": tmp_path / "without", "progress": False, "save_frozen": False}
    Trainer(*build(spec), Batches(), **without).run(3)
    resumed = Trainer(*build(spec, seed=9), Batches(), **without)
    for p in resumed.model.parameters():
        if p.trainable:
            p.data = p.data + 1  # all of it must come from the checkpoint
    assert resumed.resume() and resumed.step == 3
    resumed.run(8)
    assert bits(resumed) == bits(whole)


def test_what_is_written(build, tmp_path):
    model, optimizer = build(LoRA(r=2, bias="lora_only"))
    save_checkpoint(tmp_path / "whole", model, optimizer)
    save_checkpoint(tmp_path / "without", model, optimizer, save_frozen=False)
    frozen = {name for name, p in model.named_parameters() if not p.trainable}
    whole, without = (load_arrays(next((tmp_path / name).glob("*.safetensors")))[0] for name in ("whole", "without"))
    assert set(whole) - set(without) == {f"model.{name}" for name in frozen} and frozen
    assert all(np.array_equal(without[name], whole[name]) for name in without)
    assert set(load_json(tmp_path / "without" / "checkpoint.json")["left_out"]) == frozen
    assert load_json(tmp_path / "whole" / "checkpoint.json")["left_out"] == {}


def test_nothing_is_frozen_nothing_is_left_out(small, tmp_path):
    model = small("tiny-gpt")
    save_checkpoint(tmp_path, model, save_frozen=False)
    assert load_json(tmp_path / "checkpoint.json")["left_out"] == {}
    other = small("tiny-gpt")
    for p in other.parameters():
        p.data = p.data + 1
    load_checkpoint(tmp_path, other)
    assert all(np.array_equal(p.data, q.data) for p, q in zip(model.parameters(), other.parameters(), strict=True))


def test_another_base_is_refused(build, tmp_path):
    model, optimizer = build(LoRA(r=2))
    save_checkpoint(tmp_path, model, optimizer, save_frozen=False)
    other, again = build(LoRA(r=2), seed=1)
    other.blocks[1].mlp.down.W.data = other.blocks[1].mlp.down.W.data * (1 + 1e-12)
    before = [p.data.copy() for p in other.parameters()]
    with pytest.raises(FileError, match="blocks.1.mlp.down.W was left out of it, and is another one here; load it"):
        load_checkpoint(tmp_path, other, again)
    assert all(np.array_equal(p.data, a) for p, a in zip(other.parameters(), before, strict=True))


def test_a_name_that_the_model_lacks_is_refused(build, small, tmp_path):
    model, _ = build(LoRA(r=2))
    save_checkpoint(tmp_path, model, save_frozen=False)
    text = (tmp_path / "checkpoint.json").read_text().replace('"embed.W":', '"embed.X":')
    (tmp_path / "checkpoint.json").write_text(text)
    with pytest.raises(FileError, match="embed.X was left out of it"):
        load_checkpoint(tmp_path, model)
    (tmp_path / "checkpoint.json").write_text(text.replace('"left_out": {', '"left_out": 5, "x": {'))
    with pytest.raises(FileError, match="'left_out' must be a dict, got int"):
        load_checkpoint(tmp_path, model)
