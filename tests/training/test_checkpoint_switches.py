"""A checkpoint knows which adapters are on and how much each counts."""

import json

import numpy as np
import pytest

from minilora.adapters import LoRA, PiSSA, adapters_of, disable, inject, weigh
from minilora.files import FileError
from minilora.training import load_checkpoint, save_checkpoint

IDS = np.array([[2, 5, 2, 0], [6, 2, 6, 6]])


@pytest.fixture
def two(small):
    """two() -> a model with adapters one, of LoRA, and two, of PiSSA, which takes its start out of W."""

    def make(move=False):
        model = small().eval()
        inject(model, LoRA(r=2), "attn.q", name="one")
        inject(model, PiSSA(r=2), ("attn.q", "attn.v"), name="two")
        for *_, adapter in adapters_of(model):
            adapter.B.data = adapter.B.data + 0.5 * move
        return model

    return make


def switches(model):
    return [(layer, name, adapter.enabled, adapter.weight) for layer, _, name, adapter in adapters_of(model)]


@pytest.mark.parametrize("name", ["one", "two"])
def test_switches_and_weights_come_back(two, tmp_path, name):
    model, fresh = two(move=True), two()
    disable(model, name)
    weigh(model, "one" if name == "two" else "two", 0.5)
    before = model.forward(IDS)
    save_checkpoint(tmp_path, model)
    load_checkpoint(tmp_path, fresh)
    assert switches(fresh) == switches(model) and np.array_equal(fresh.forward(IDS), before)


def test_on_again_where_the_model_was_off(two, tmp_path):
    model, fresh = two(move=True), two()
    save_checkpoint(tmp_path, model)
    disable(fresh)
    load_checkpoint(tmp_path, fresh)
    assert np.array_equal(fresh.forward(IDS), model.forward(IDS))


@pytest.mark.parametrize("wrong", [["yes", 1.0], [True, None], [True], 3])
def test_a_damaged_entry_is_refused_with_nothing_restored(two, tmp_path, wrong):
    model, fresh = two(move=True), two()
    save_checkpoint(tmp_path, model)
    path = tmp_path / "checkpoint.json"
    state = json.loads(path.read_text())
    state["adapters"]["blocks.1.attn.q"]["two"] = wrong
    path.write_text(json.dumps(state))
    before = fresh.forward(IDS)
    with pytest.raises(FileError, match="the checkpoint cannot be loaded"):
        load_checkpoint(tmp_path, fresh)
    assert np.array_equal(fresh.forward(IDS), before)


def test_a_checkpoint_from_before_leaves_them_as_they_are(two, tmp_path):
    model, fresh = two(move=True), two()
    save_checkpoint(tmp_path, model)
    path = tmp_path / "checkpoint.json"
    state = json.loads(path.read_text())
    del state["adapters"]
    path.write_text(json.dumps(state))
    disable(fresh, "one")
    load_checkpoint(tmp_path, fresh)
    assert [enabled for _, name, enabled, _ in switches(fresh) if name == "one"] == [False, False]
