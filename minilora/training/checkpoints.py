"""Checkpoints: all that a run needs to go on to the same numbers, bit for bit.

    FOLDER/checkpoint.json             step, history, generators, data order, config, versions, which adapters are on, and how
                                       much each counts; names the file of arrays
    FOLDER/checkpoint-a.safetensors    every parameter, frozen ones too, and the optimiser's moments, by name
           (or -b)

A large model that stays as it is need not be written again and again: save_frozen=False leaves the frozen parameters out, and
checkpoint.json holds their fingerprints, which the model that is given to `load_checkpoint` must have.

A save writes the arrays under the name, a or b, that checkpoint.json does not mention, then replaces checkpoint.json.
That one replacement is the commit: whenever the process is killed, checkpoint.json names a whole file of the same save.
"""

import math
import uuid
import warnings
from pathlib import Path

from minilora import backend
from minilora.adapters.inject import adapters_of, with_originals
from minilora.adapters.settle import settle
from minilora.adapters.store import base_of
from minilora.files import FileError, load_arrays, load_json, load_text, save_arrays, save_json
from minilora.training.match import match
from minilora.training.versions import versions

STATE = "checkpoint.json"
ARRAYS = ("checkpoint-a.safetensors", "checkpoint-b.safetensors")
FORMAT = "minilora checkpoint 1"
KINDS = {"save": str, "step": int, "history": list, "config": dict, "adapters": dict, "left_out": dict, "versions": dict}
FIELDS = {"format", "save", "arrays", "step", "history", "config", "versions", "optimizer", "model_rng", "batches"}


def has_checkpoint(folder):
    """Whether `folder` holds a checkpoint."""
    return (Path(folder) / STATE).exists()


def save_checkpoint(folder, model, optimizer=None, *, batches=None, step=0, history=(), save_frozen=True):
    """Save model, optimiser, the state of `batches` and the model's generator. A previous checkpoint in `folder` is replaced.

    batches: has `.state()`, JSON-able. step, history: kept for the caller. save_frozen: False leaves out what does not learn, but
    for its fingerprints. FileError if the folder cannot be written.
    RuntimeError while an adapter is merged: its change would stand in the file twice, in W and in the factors.
    """
    refuse_merged(model)
    folder = Path(folder)
    previous = load_text(folder / STATE) if has_checkpoint(folder) else ""
    name = ARRAYS[1] if ARRAYS[0] in previous else ARRAYS[0]
    parameters = with_originals(model)
    left_out = {} if save_frozen else {key: mark for key, mark in base_of(model).items() if not parameters[key].trainable}
    arrays = {f"model.{key}": p.data for key, p in parameters.items() if key not in left_out}
    optimizer_state = None
    if optimizer is not None:
        optimizer_state = optimizer.state()
        arrays |= {f"optimizer.{key}": a for key, a in optimizer_state.pop("arrays").items()}
    state = {
        "format": FORMAT,
        "save": uuid.uuid4().hex,  # the same in both files: a copy of one without the other is noticed
        "arrays": name,
        "step": step,
        "config": _config(model),
        "adapters": _switches(model),
        "left_out": left_out,
        "versions": versions(),
        "optimizer": optimizer_state,
        "model_rng": model.rng.bit_generator.state if _has_rng(model) else None,
        "batches": None if batches is None else batches.state(),
        "history": list(history),
    }
    save_arrays(folder / name, arrays, {"save": state["save"]})
    save_json(folder / STATE, state)
    for old in {*ARRAYS} - {name}:
        (folder / old).unlink(missing_ok=True)
    for unfinished in folder.glob(".checkpoint*.tmp"):  # of a save that was killed
        unfinished.unlink(missing_ok=True)


def load_checkpoint(folder, model, optimizer=None, *, batches=None):
    """Restore what `save_checkpoint` saved into `model`, and into `optimizer` and `batches` where given. Returns the state.

    The state is checkpoint.json as a dict: "step", "history", "config", "versions", ... A UserWarning announces versions or
    a thread count other than now: the numbers may then differ in the last bits. FileError, with nothing restored, if the
    checkpoint is missing, damaged, or does not fit.
    """
    folder = Path(folder)
    state = read_state(folder)
    arrays, metadata = load_arrays(folder / state["arrays"])
    if metadata.get("save") != state["save"]:
        raise FileError(f"{folder}: {STATE} and {state['arrays']} are not of one save; copy both files of a checkpoint together")
    parameters = with_originals(model)
    try:
        _match_config(state["config"], _config(model))
        _match_left_out(state["left_out"], model)
        parameters = {name: p for name, p in parameters.items() if name not in state["left_out"]}
        match({name: p.data for name, p in parameters.items()}, _part(arrays, "model."), "model")
        if optimizer is not None:
            optimizer_state = _optimizer_state(state, arrays)
            optimizer.check_state(optimizer_state)
        switches = _fitting_switches(state["adapters"], model)
        if _has_rng(model):
            _check_rng(model.rng, state["model_rng"])
        if batches is not None:
            if state["batches"] is None:
                raise ValueError("it holds no state of batches; save them with it, or load without them")
            batches.load_state(state["batches"])
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        reason = error if isinstance(error, ValueError) else repr(error)
        raise FileError(f"{folder}: the checkpoint cannot be loaded: {reason}") from error
    for name, p in parameters.items():  # all is checked: from here on nothing fails
        p.data = backend.get_array_module(p.data).asarray(arrays[f"model.{name}"])
    for layer, _, name, adapter in adapters_of(model):
        adapter.enabled, adapter.weight = switches[layer][name]
    settle(model, [layer for _, layer, *_ in adapters_of(model)])
    if optimizer is not None:
        optimizer.load_state(optimizer_state)
    if _has_rng(model):
        model.rng.bit_generator.state = state["model_rng"]
    _announce_differences(folder, state["versions"])
    return state


def read_state(folder):
    """checkpoint.json of a folder as a dict, checked; its "config" says which model to build before `load_checkpoint`."""
    folder = Path(folder)
    if not has_checkpoint(folder):
        raise FileError(f"{folder}: holds no checkpoint ({STATE} is missing); give the folder that a run was saved in")
    state = load_json(folder / STATE)
    if isinstance(state, dict):
        state = {"adapters": {}, "left_out": {}} | state  # older checkpoints have none: adapters stay as they are
    if not isinstance(state, dict) or state.get("format") != FORMAT or state.get("arrays") not in ARRAYS or FIELDS - state.keys():
        raise FileError(f"{folder / STATE}: is not a checkpoint of minilora; give the folder that a run was saved in")
    for name, kind in KINDS.items():
        if not isinstance(state[name], kind):
            wrong = f"{name!r} must be {'an' if kind is int else 'a'} {kind.__name__}, got {type(state[name]).__name__}"
            raise FileError(f"{folder / STATE}: {wrong}: the file is damaged, take a copy of the run or train it again")
    return state


def refuse_merged(model):
    """RuntimeError if an adapter of the model is merged."""
    for layer, _, name, adapter in adapters_of(model):
        if adapter.merged:
            raise RuntimeError(f"adapter {name!r} is merged into {layer}: call unmerge(model) first, or remove(model, {name!r})")


def _part(arrays, prefix):
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _optimizer_state(state, arrays):
    if state["optimizer"] is None:
        raise ValueError("it holds no state of an optimizer; save one with it, or load without one")
    return {**state["optimizer"], "arrays": _part(arrays, "optimizer.")}


def _config(model):
    config = getattr(model, "config", None)
    return {} if config is None else config.to_dict()


def _match_config(saved, now):
    for name, value in now.items():
        if name != "dropout" and saved.get(name, value) != value:  # dropout changes how one trains, not what the model is
            differ = f"saved with {name}={saved[name]!r}, the model has {value!r}"
            raise ValueError(f"{differ}; build the model with that config, or choose another folder")


def _match_left_out(saved, model):
    """What was left out must be in the model already."""
    now = base_of(model) if saved else {}
    if other := next((name for name in saved if now.get(name) != saved[name]), None):
        raise ValueError(f"{other} was left out of it, and is another one here; load it into the model that the run began with")


def _switches(model):
    """{layer name: {adapter name: [enabled, weight]}}."""
    switches = {}
    for layer, _, name, adapter in adapters_of(model):
        switches.setdefault(layer, {})[name] = [adapter.enabled, adapter.weight]
    return switches


def _fitting_switches(saved, model):
    """The model's switches as they were saved; as they are where nothing was."""
    switches = _switches(model)
    for layer, adapters in switches.items():
        adapters |= {name: saved[layer][name] for name in adapters if saved}
        for name, (enabled, weight) in adapters.items():
            if not isinstance(enabled, bool) or not isinstance(weight, float) or not math.isfinite(weight):
                raise ValueError(f"{name!r} in {layer} must be on or off and have a weight, got {[enabled, weight]!r}")
    return switches


def _has_rng(model):
    return getattr(model, "rng", None) is not None


def _check_rng(rng, state):
    type(rng.bit_generator)().state = state  # a generator of the same kind takes it, or raises


def _announce_differences(folder, saved):
    now = versions()
    changed = [f"{name} {saved.get(name)} then, {now[name]} now" for name in now if saved.get(name) != now[name]]
    if changed:
        warnings.warn(f"{folder}: {'; '.join(changed)}: numbers may differ in the last bits", stacklevel=3)
