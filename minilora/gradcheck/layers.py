"""Checks of a layer and of a whole model, by what they can do and not by their class.

A parameter has `data` (an array, written in place), `grad` and `trainable`. A layer has `forward(x) -> y`, `backward(dy) -> dx`,
`named_parameters()` and `zero_grad()`. A model has `loss(*batch) -> float`, `backward()`, `named_parameters()` and `zero_grad()`.
"""

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.context import Context
from minilora.gradcheck.subject import check_rtol, compare, cotangent, mutations, output_findings, read_output


def check_layer(layer, x, rtol=1e-6, rng=0, zero=()):
    """Compare a layer's dx and the grad of each of its trainable parameters with numeric gradients. Returns a Report.

    x     an array of the layer's input, lifted to float64 if it is floating; integers get no gradient.
    rng   int or numpy Generator for the random cotangent.
    zero  names, dotted suffixes ("k.b") or globs of gradients that are truly zero everywhere.

    The report's names are "x" and the parameters' names. The weights must be float64, else ValueError; they are put back after,
    and the gradients are set to zero. ValueError too for rtol <= 0.
    """
    check_rtol(rtol)
    x = np.asarray(asnumpy(x))
    floating = x.dtype.kind == "f"
    x = np.array(x, dtype=np.float64 if floating else x.dtype)
    parameters, kept = _trainable(layer)
    if floating and "x" in parameters:
        raise ValueError("a parameter is named 'x', which stands for the layer's input; give it another name")
    values = {"x": x, **kept} if floating else dict(kept)
    if not values:
        raise ValueError("nothing to check: the layer has no trainable parameter and x is not floating")

    def run(x):
        with np.errstate(all="ignore"):
            return read_output(layer.forward(x))

    def y_at(name, index, value):
        if name == "x":
            moved = x.copy()
            moved[index] = value
            return run(moved)[0]
        return _moved(parameters[name], index, value, lambda: run(x.copy())[0])

    try:
        layer.zero_grad()
        given = x.copy()
        (y, lowered), (second, _), (third, _) = run(x.copy()), run(x.copy()), run(given)
        dy = cotangent(rng, y.shape)
        after = {"x": given, "dy": dy.copy()}
        with np.errstate(all="ignore"):
            dx = layer.backward(after["dy"])
        findings, differentiable = output_findings(y, lowered, [second, third])
        findings += mutations({"x": x, "dy": dy, **kept}, {**after, **_host_data(parameters)}, "forward or backward")
        _put_back(parameters, kept)
        gradients = {"x": dx, **{name: parameter.grad for name, parameter in parameters.items()}}
        return compare(values, gradients, y_at, y, dy, rtol, zero, {"x": x.shape}, differentiable, Context(), findings)
    finally:
        _put_back(parameters, kept)
        layer.zero_grad()


def check_model(model, *batch, rtol=1e-6, rng=0, zero=()):
    """Compare the grad of every trainable parameter after `model.loss(*batch)` and `model.backward()` with numeric ones.

    batch  what loss takes, such as ids and targets.
    zero   names, dotted suffixes ("attn.k.b") or globs of gradients that are truly zero everywhere.

    Returns a Report with the parameters' names. Every entry of every parameter costs four calls of loss or more: use a small
    model with weights of order one. It must be float64, else ValueError. The weights are put back after, and the gradients are
    set to zero. `rng` is there so that every check is called alike; nothing is random here.
    """
    check_rtol(rtol)
    parameters, kept = _trainable(model)
    if not kept:
        raise ValueError("nothing to check: the model has no trainable parameter")

    def run():
        with np.errstate(all="ignore"):
            return np.asarray(float(model.loss(*batch)))

    def y_at(name, index, value):
        return _moved(parameters[name], index, value, run)

    arrays = {f"batch[{i}]": np.shape(value) for i, value in enumerate(batch) if value is not None}
    try:
        model.zero_grad()
        y, second, third = run(), run(), run()
        with np.errstate(all="ignore"):
            model.backward()
        findings, differentiable = output_findings(y, False, [second, third])
        findings += mutations(kept, _host_data(parameters), "loss or backward")
        _put_back(parameters, kept)
        gradients = {name: parameter.grad for name, parameter in parameters.items()}
        return compare(kept, gradients, y_at, y, np.ones(()), rtol, zero, arrays, differentiable, Context(), findings)
    finally:
        _put_back(parameters, kept)
        model.zero_grad()


def _trainable(owner):
    """({name: parameter}, {name: its values on the host}), of the trainable ones. ValueError if one is not float64."""
    parameters = {name: parameter for name, parameter in owner.named_parameters() if parameter.trainable}
    kept = _host_data(parameters)
    for name, values in kept.items():
        if values.dtype != np.float64:
            message = f"{name} is {values.dtype}, but a gradient check needs float64 weights; build it with dtype='float64'"
            raise ValueError(message)
    return parameters, kept


def _host_data(parameters):
    return {name: np.array(asnumpy(parameter.data)) for name, parameter in parameters.items()}


def _put_back(parameters, kept):
    for name, parameter in parameters.items():
        for index in np.argwhere(asnumpy(parameter.data) != kept[name]):
            parameter.data[tuple(index)] = kept[name][tuple(index)]


def _moved(parameter, index, value, run):
    """run() while one entry of a parameter has another value."""
    kept = parameter.data[index].copy()
    parameter.data[index] = value
    try:
        return run()
    finally:
        parameter.data[index] = kept
