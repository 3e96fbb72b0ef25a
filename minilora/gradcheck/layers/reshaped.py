"""Further calls: with another shape, into which nothing kept from the call before may reach, and with ids that repeat."""

import copy
from dataclasses import replace

import numpy as np

from minilora.gradcheck.directions import wrong_along
from minilora.gradcheck.finding import Cause, Finding, entry_name
from minilora.gradcheck.layers.modes import has_modes
from minilora.gradcheck.layers.runs import Run
from minilora.gradcheck.layers.state import Dice, clear, gradients_of
from minilora.gradcheck.layers.values import generator, host_data, put_back
from minilora.gradcheck.subject import compare, cotangent

REFUSED = "refused"


def other_shapes(x):
    """x in other orders and with one axis shorter by one (twice as long where it is 1): every axis but a float array's last."""
    for axis in range(x.ndim - (x.dtype.kind == "f")):
        if x.shape[axis]:
            flipped = np.flip(x, axis)
            yield np.concatenate([x, x], axis) if x.shape[axis] == 1 else np.delete(flipped, 0, axis).copy()


def repeated(ids):
    """The ids with one of them twice, where each stands once; else None. The call with these shows a row that is overwritten."""
    if ids.dtype.kind not in "iu" or not 1 < ids.size == len(np.unique(ids)):
        return None
    other = ids.copy()
    other.flat[-1] = other.flat[0]
    return other


def twin(layer):
    """A copy of a layer that has not been called yet, or None if it cannot be copied."""
    if {"forward", "backward"} & set(getattr(layer, "__dict__", {})):
        return None  # functions put there by hand, which would go on working on the original
    try:
        return copy.deepcopy(layer)
    except Exception:
        return None


def second_calls(run, fresh, rtol, rng):
    """Findings about calls with other shapes of the first argument, after a call with its own. What forward refuses is left out.

    run     the layer's Run.
    fresh   a copy of the layer from before its first call, or None; it tells what was kept from a call from what was never right.
    """
    name, x = next(iter(run.arguments.items()))
    for other in other_shapes(x):
        run.forward()
        finding = _call(run, run.layer, other, rtol, rng)
        if finding is None:
            continue
        first = fresh and _call(run, _prepared(fresh, run), other, rtol, rng)
        if finding.cause is REFUSED and (first or not fresh):
            continue  # this shape is not for this layer
        story = f"In a call with {name} of shape {other.shape}, after one with {x.shape}, {finding.message}"
        story += " As a first call it is wrong as well." if first else " Something of the call before is kept; make it anew."
        cause = Cause.WRONG if finding.cause is REFUSED else finding.cause
        return [replace(finding, cause=cause, message=story, evidence={"shape": other.shape})]
    return []


def repeated_ids(run, rtol, rng):
    """(findings, arguments): what a call shows in which an id repeats, where none does in the layer's own, and what was tried."""
    name, x = next(iter(run.arguments.items()))
    ids = repeated(x)
    if ids is None:
        return [], run.arguments
    again = Run(run.layer, {**run.arguments, name: ids}, run.parameters, Dice(run.layer))
    try:
        y = again.forward()
    except Exception:  # ids that may not repeat
        return [], run.arguments
    dy = cotangent(rng, y.shape)
    context = again.context(y, dy)
    clear(run.parameters)
    gradients = again.step(dy) | gradients_of(run.parameters)
    shapes = {name: ids.shape}
    report = compare(again.values, gradients, again.y_at, y, dy, rtol, ("*",), shapes, True, context, screen=True)
    story = f"Right for {name} in which no id repeats; with one that stands twice:"
    found = [replace(finding, message=f"{story} {finding.message}") for finding in report.findings if finding.fails]
    return found, again.arguments


def _prepared(fresh, run):
    """The copy with the values that the layer has now, in evaluation mode."""
    for name, parameter in fresh.named_parameters():
        if name in run.parameters:
            parameter.data[...] = run.parameters[name].data
    if has_modes(fresh):
        fresh.eval()
    return fresh


def _call(run, layer, x, rtol, rng):
    """A Finding about one call of a layer with another x, checked along one direction of each gradient; None if it is right."""
    name = next(iter(run.arguments))
    everything = dict(layer.named_parameters())
    kept, parameters = host_data(everything), {key: everything[key] for key in run.parameters}
    run = Run(layer, {**run.arguments, name: x}, parameters, Dice(layer))
    try:
        y = run.forward()
    except Exception as error:
        return Finding(REFUSED, name, None, None, f"forward raises {type(error).__name__}: {error}.")
    if not np.isfinite(y).all():
        return None
    dy = cotangent(rng, y.shape)
    clear(parameters)
    try:
        gradients = run.step(dy) | gradients_of(parameters)
    except Exception as error:
        about = name if name in run.inputs else next(iter(parameters))
        return Finding(Cause.WRONG_SHAPE, about, None, None, f"backward raises {type(error).__name__}: {error}.")
    finally:
        put_back(everything, kept)
    rng = generator(rng)
    for name, value in run.values.items():
        gradient = gradients.get(name)
        if gradient is None or gradient.shape != value.shape:
            got = "is None" if gradient is None else f"has shape {gradient.shape}, expected {value.shape}"
            return Finding(Cause.WRONG_SHAPE, name, None, None, f"{entry_name(name)} {got}.")
        if wrong_along(name, value, gradient, lambda name, array: run.forward({name: array}), y, dy, rtol, rng):
            return Finding(Cause.WRONG, name, None, None, f"{entry_name(name)} is wrong, though right in the first call.")
    return None
