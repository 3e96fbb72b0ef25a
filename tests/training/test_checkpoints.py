import json
import os
import warnings
from dataclasses import asdict, dataclass

import numpy as np
import pytest

from minilora.files import FileError, load_arrays, save_arrays
from minilora.training import SGD, AdamW, Trainer, load_checkpoint, read_state, save_checkpoint
from minilora.training.versions import versions


@pytest.fixture
def trained(Model, Batches):
    """A model, its optimiser and its batches after three steps."""

    def make(seed=0):
        model, batches = Model(seed), Batches(seed)
        optimizer = AdamW(model.parameters(), lr=0.1)
        Trainer(model, optimizer, batches, progress=False).run(3)
        return model, optimizer, batches

    return make


def everything(model, optimizer, batches):
    """All that a checkpoint restores, as comparable values."""
    state = optimizer.state()
    arrays = {name: p.data for name, p in model.named_parameters()} | state["arrays"]
    return {name: a.tobytes() for name, a in arrays.items()}, state["steps"], model.rng.bit_generator.state, batches.state()


def test_a_checkpoint_restores_everything(trained, tmp_path):
    saved, other = trained(0), trained(1)
    model, optimizer, batches = saved
    save_checkpoint(tmp_path / "run", model, optimizer, batches=batches, step=3, history=[{"step": 1, "loss": 0.1}])
    assert everything(*other) != everything(*saved)
    flat = other[1].parameters.data
    state = load_checkpoint(tmp_path / "run", other[0], other[1], batches=other[2])
    assert everything(*other) == everything(*saved)
    assert state["step"] == 3 and state["history"] == [{"step": 1, "loss": 0.1}]
    assert np.shares_memory(other[0].W.data, flat)  # still views of the optimiser's buffer


def test_a_model_can_be_saved_and_loaded_alone(trained, Model, tmp_path):
    model, _, _ = trained()
    save_checkpoint(tmp_path, model)
    copy = Model(9)
    load_checkpoint(tmp_path, copy)
    assert all(np.array_equal(p.data, q.data) for p, q in zip(copy.parameters(), model.parameters(), strict=True))


def test_the_folder_holds_one_checkpoint_that_can_be_read(trained, tmp_path):
    for step in range(3):
        save_checkpoint(tmp_path, *trained()[:2], step=step)
        (tmp_path / ".checkpoint-a.safetensors.123.tmp").write_text("left by a killed save")
    save_checkpoint(tmp_path, *trained()[:2], step=3)
    state = read_state(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"checkpoint.json", state["arrays"]}
    assert state["step"] == 3 and state["optimizer"] == {"kind": "AdamW", "steps": 3}
    assert {"python", "numpy", "minilora", "threads"} <= state["versions"].keys()


@pytest.mark.parametrize("rename", [0, 1])
@pytest.mark.parametrize("done", [False, True])
def test_a_kill_at_each_rename_leaves_a_whole_checkpoint(trained, tmp_path, monkeypatch, rename, done):
    older, newer, probe = trained(0), trained(1), trained(2)
    save_checkpoint(tmp_path, older[0], older[1], batches=older[2], step=1)
    replace, calls = os.replace, []

    class Killed(BaseException):
        pass

    def dying(source, target):
        calls.append(target)
        if len(calls) - 1 == rename and not done:
            raise Killed
        replace(source, target)
        if len(calls) - 1 == rename:
            raise Killed

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(Killed):
        save_checkpoint(tmp_path, newer[0], newer[1], batches=newer[2], step=2)
    monkeypatch.undo()
    state = load_checkpoint(tmp_path, probe[0], probe[1], batches=probe[2])
    committed = rename == 1 and done
    assert state["step"] == 1 + committed
    assert everything(*probe) == everything(*(newer if committed else older))
    save_checkpoint(tmp_path, newer[0], newer[1], batches=newer[2], step=3)  # and the next save works
    assert load_checkpoint(tmp_path, probe[0], probe[1], batches=probe[2])["step"] == 3
    assert everything(*probe) == everything(*newer)


def refused(trained, folder, message):
    """Loading fails with one line that matches, and nothing is changed."""
    probe = trained(2)
    before = everything(*probe)
    model, optimizer, batches = probe
    with pytest.raises(FileError, match=message) as error:
        load_checkpoint(folder, model, optimizer, batches=batches)
    assert "\n" not in str(error.value)
    assert everything(*probe) == before


def test_missing_foreign_and_truncated_files_are_refused(trained, tmp_path):
    model, optimizer, batches = trained()
    refused(trained, tmp_path / "nowhere", "holds no checkpoint")
    save_checkpoint(tmp_path, model, optimizer, batches=batches)
    state, arrays = tmp_path / "checkpoint.json", tmp_path / "checkpoint-a.safetensors"
    whole_state, whole_arrays = state.read_text(), arrays.read_bytes()
    for text, message in [
        ("", "not a whole JSON"),
        (whole_state[:200], "not a whole JSON"),
        ("[]", "is not a checkpoint of minilora"),
        ('{"step": 3}', "is not a checkpoint of minilora"),
        (whole_state.replace('"history"', '"hystory"'), "is not a checkpoint of minilora"),
        (json.dumps(json.loads(whole_state) | {"arrays": "../other"}), "is not a checkpoint of minilora"),
        (json.dumps(json.loads(whole_state) | {"save": "f00d"}), "are not of one save"),
        (json.dumps(json.loads(whole_state) | {"model_rng": {"bit_generator": "PCG64"}}), "cannot be loaded: KeyError"),
        (json.dumps(json.loads(whole_state) | {"model_rng": {"bit_generator": "MT19937"}}), "cannot be loaded"),
        (json.dumps(json.loads(whole_state) | {"batches": {"bit_generator": "MT19937"}}), "cannot be loaded"),
        (json.dumps(json.loads(whole_state) | {"batches": None}), "no state of batches"),
        (json.dumps(json.loads(whole_state) | {"optimizer": None}), "no state of an optimizer"),
        (json.dumps(json.loads(whole_state) | {"optimizer": {"kind": "AdamW"}}), "cannot be loaded: KeyError"),
        (json.dumps(json.loads(whole_state) | {"optimizer": 3}), "cannot be loaded: TypeError"),
        (json.dumps(json.loads(whole_state) | {"model_rng": 3}), "cannot be loaded: TypeError"),
        (whole_state.replace('{\n      "state": ', '{\n      "state": -', 1), "cannot be loaded: OverflowError"),
        (json.dumps(json.loads(whole_state) | {"save": 3}), "'save' must be a str, got int: the file is damaged"),
        (json.dumps(json.loads(whole_state) | {"step": "3"}), "'step' must be an int, got str: the file is damaged"),
        (json.dumps(json.loads(whole_state) | {"history": 5}), "'history' must be a list, got int: the file is damaged"),
        (json.dumps(json.loads(whole_state) | {"config": 3}), "'config' must be a dict, got int: the file is damaged"),
        (json.dumps(json.loads(whole_state) | {"versions": 3}), "'versions' must be a dict, got int: the file is damaged"),
    ]:
        state.write_text(text)
        refused(trained, tmp_path, message)
    state.write_text(whole_state)
    for content in (b"", whole_arrays[:50], whole_arrays[:-1]):
        arrays.write_bytes(content)
        refused(trained, tmp_path, "not a whole safetensors file")
    arrays.unlink()
    refused(trained, tmp_path, "cannot be read")


def test_what_does_not_fit_is_refused_by_its_first_offender(trained, tmp_path):
    model, optimizer, batches = trained()
    save_checkpoint(tmp_path, model, optimizer, batches=batches)
    file = tmp_path / "checkpoint-a.safetensors"
    arrays, metadata = load_arrays(file)
    W, m = arrays["model.W"], "optimizer.m.W"
    cases = [
        ({"model.W": None}, "the model's 'W' is not among"),
        ({"model.lora.A": W}, "'lora.A' has no place in the model"),
        ({"model.W": W.T}, r"'W' was saved with shape \(5, 3\), the model's has \(3, 5\)"),
        ({"model.scale": arrays["model.scale"].astype("float32")}, "'scale' was saved as float32"),
        ({m: None}, "the optimizer's 'm.W' is not among"),
        ({m: W.T}, r"'m.W' was saved with shape \(5, 3\)"),
    ]
    for change, message in cases:
        save_arrays(file, {name: a for name, a in (arrays | change).items() if a is not None}, metadata)
        refused(trained, tmp_path, message)


def test_another_optimizer_or_another_set_of_trainable_parameters_is_refused(trained, Model, tmp_path):
    model, optimizer, _ = trained()
    save_checkpoint(tmp_path, model, optimizer)
    with pytest.raises(FileError, match="of AdamW, the optimizer is SGD"):
        load_checkpoint(tmp_path, model, SGD(model.parameters(), lr=0.1))
    other = Model(4)
    other.b.trainable = False
    with pytest.raises(FileError, match="'m.b' has no place in the optimizer"):
        load_checkpoint(tmp_path, other, AdamW(other.parameters(), lr=0.1))


def test_another_config_is_refused_unless_only_dropout_differs(Model, tmp_path):
    @dataclass
    class Config:
        n_heads: int = 4
        dropout: float = 0.1

        to_dict = asdict

    saved, other = Model(0), Model(1)
    saved.config, other.config = Config(), Config(dropout=0.0)
    save_checkpoint(tmp_path, saved)
    assert read_state(tmp_path)["config"] == {"n_heads": 4, "dropout": 0.1}
    load_checkpoint(tmp_path, other)
    other.config = Config(n_heads=2)
    message = "saved with n_heads=4, the model has 2; build the model with that config, or choose another folder$"
    with pytest.raises(FileError, match=message):
        load_checkpoint(tmp_path, other)


def test_other_versions_are_announced_not_refused(trained, tmp_path):
    model, optimizer, batches = trained()
    save_checkpoint(tmp_path, model, optimizer, batches=batches)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_checkpoint(tmp_path, model, optimizer)
    state = read_state(tmp_path)
    state["versions"] |= {"numpy": "2.0.0", "threads": 64}
    (tmp_path / "checkpoint.json").write_text(json.dumps(state))
    with pytest.warns(UserWarning, match=r"numpy 2\.0\.0 then, .* now; threads 64 then, .* now: numbers may differ"):
        load_checkpoint(tmp_path, model, optimizer)


def test_a_failed_save_leaves_the_checkpoint_before(trained, tmp_path):
    model, optimizer, batches = trained()
    save_checkpoint(tmp_path, model, optimizer, batches=batches, step=1)
    batches.state = lambda: {"not": {"JSON"}}
    with pytest.raises(FileError, match="cannot be written as JSON"):
        save_checkpoint(tmp_path, model, optimizer, batches=batches, step=2)
    assert load_checkpoint(tmp_path, model, optimizer)["step"] == 1


def test_a_blas_that_scipy_brings_later_is_not_counted(monkeypatch):
    numpys = {"user_api": "blas", "filepath": "/lib/numpy.libs/libopenblas.so", "num_threads": 1, "architecture": "Haswell"}
    scipys = numpys | {"filepath": "/lib/scipy.libs/libopenblas.so", "num_threads": 2}
    seen = []
    for pools in ([numpys], [numpys, scipys], [scipys]):
        monkeypatch.setattr("threadpoolctl.threadpool_info", lambda pools=pools: pools)
        seen.append(versions()["threads"])
    assert seen == [1, 1, 2]
