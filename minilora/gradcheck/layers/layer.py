"""Checks of a layer, by what it can do and not by its class.

A parameter has `data` (an array, written in place), `grad` and `trainable`. A layer has `forward(x) -> y`, `backward(dy) -> dx`,
`named_parameters()` and `zero_grad()`; it may have `train()` and `eval()`.
"""

from dataclasses import replace

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.layers.blindness import blind_spots
from minilora.gradcheck.layers.discipline import add_discipline, left_alone, one_by_one
from minilora.gradcheck.layers.located import dx_first
from minilora.gradcheck.layers.modes import has_modes, in_training
from minilora.gradcheck.layers.reach import layers_of
from minilora.gradcheck.layers.recording import copied, parts_of, record
from minilora.gradcheck.layers.reshaped import repeated_ids, second_calls, twin
from minilora.gradcheck.layers.runs import Run
from minilora.gradcheck.layers.state import Dice, clear, gradients_of, preserved
from minilora.gradcheck.layers.values import DRAWN, OWN, check_can, check_values, draw, generator, host_data, put_back, trainable
from minilora.gradcheck.subject import check_rtol, compare, cotangent, mutations, output_findings


def check_layer(layer, x, rtol=1e-6, rng=0, zero=(), values=DRAWN):
    """Compare a layer's dx and the grad of each of its trainable parameters with numeric gradients. Returns a Report.

    x       an array of the layer's input, lifted to float64 if it is floating; integers get no gradient. Or a shape, a tuple of
            ints, for which a standard normal x is drawn.
    rng     int or numpy Generator for x, the parameters' values and the cotangent.
    zero    names, dotted suffixes ("k.b") or globs of gradients that are truly zero everywhere.
    values  "drawn": every parameter gets normal values for the time of the check, of order one, a matrix's over sqrt(inputs).
            They hide less than those that training starts from (a B of zeros, gammas of one). "own": the parameters as they are.

    The report's names are "x" and the parameters' names. Checked are evaluation mode and, where it computes something else,
    training mode, with its random generators (np.random.Generator, found among the attributes) set back before every forward;
    that a second backward adds up, zero_grad() empties, and frozen parameters stay as they are; and further calls with other
    shapes, or with ids that repeat. Where a gradient is wrong, that is told and the check ends. The report's notes say which
    mistakes these values could not have shown.

    The weights must be float64, else ValueError. They, modes, generators and buffers are put back after, bit for bit, and the
    gradients are set to zero. ValueError too for rtol <= 0 or another word for values; TypeError for a layer
    or an x that is none.
    """
    check_rtol(rtol)
    check_values(values)
    check_can("layer", layer, ("forward", "backward", "named_parameters", "zero_grad"))
    x = _input(x, rng)
    parameters = trainable(layer)
    if x.dtype.kind == "f" and "x" in parameters:
        raise ValueError("a parameter is named 'x', which stands for the layer's input; give it another name")
    if not parameters and x.dtype.kind != "f":
        raise ValueError("nothing to check: the layer has no trainable parameter and x is not floating")
    with preserved(layer):
        fresh = twin(layer)
        if has_modes(layer):
            layer.eval()
        notes = draw(layer, rng, lambda: _is_finite(layer, x)) if values == DRAWN else []
        run = Run(layer, {"x": x}, parameters, Dice(layer))
        report = _check(run, rtol, rng, zero, notes)
        own = host_data(parameters) if values == OWN else {}
        if not all(record.ok for record in report.inputs.values()):
            report.notes.extend(blind_spots(layer, run.arguments, run.forward().shape, own))
            return report
        duplicates, shown = repeated_ids(run, rtol, rng)
        report.findings.extend(duplicates or second_calls(run, fresh, rtol, rng))
        y = run.forward()
        report.notes.extend(blind_spots(layer, shown, y.shape, own))
        if has_modes(layer):
            layer.train()
            if not np.array_equal(run.forward(), y):
                return _both(report, _check(run, rtol, rng, zero, report.notes), run.drops())
        return report


def _check(run, rtol, rng, zero, notes):
    """The Report in the mode that the layer is in."""
    layer, parameters = run.layer, run.parameters
    frozen = {name: parameter for name, parameter in layer.named_parameters() if not parameter.trainable}
    kept, kept_frozen, frozen_gradients = host_data(parameters), host_data(frozen), gradients_of(frozen)
    y, second = run.forward(), run.forward()
    dy = cotangent(rng, y.shape)
    clear(parameters)
    layer.zero_grad()
    given = run.copies()
    third, lowered = run.output(given)
    context = run.context(y, dy)
    before, after = {**run.copies(), "dy": dy, **kept}, {**given, "dy": dy.copy()}
    gradients, findings = run.backward(after["dy"])
    gradients |= gradients_of(parameters)

    def step():
        got = run.step(dy)
        put_back(frozen, kept_frozen)
        return got

    about_y, differentiable = output_findings(y, lowered, [second, third])
    mutated = mutations(before, {**after, **host_data(parameters)}, "forward or backward")
    findings += about_y + [*mutated, *left_alone(frozen, kept_frozen, frozen_gradients)]
    put_back(parameters, kept)
    put_back(frozen, kept_frozen)
    gradients = {name: copied(gradient) for name, gradient in gradients.items()}  # before forward uses their memory again
    if not mutated:
        parts = parts_of(record(layer, run.dice, lambda inner: {}, step))
        context = replace(context, arrays={**parts, **context.arrays})
    shapes = {name: np.shape(value) for name, value in run.arguments.items()}
    report = compare(run.values, gradients, run.y_at, y, dy, rtol, zero, shapes, differentiable, context, findings, notes=notes)
    if layers_of(layer):
        report.findings[:] = dx_first(report.findings, run.inputs)
    if differentiable and not mutated and not any(gradient is None for gradient in gradients.values()):
        add_discipline(report, step, parameters, layer.zero_grad, one_by_one(list(parameters)))
    return report


def _both(evaluation, training, drops):
    """One Report of both modes, whose gradients are right in evaluation mode: of each input the larger error."""
    inputs = {name: max(evaluation[name], record, key=lambda r: (not r.ok, r.error)) for name, record in training.inputs.items()}
    known = {(finding.cause, finding.input) for finding in evaluation.findings}
    new = [finding for finding in training.findings if (finding.cause, finding.input) not in known]
    return replace(training, inputs=inputs, findings=evaluation.findings + [in_training(finding, drops) for finding in new])


def _input(x, rng):
    if isinstance(x, tuple) and all(isinstance(size, (int, np.integer)) for size in x):
        return generator(rng).standard_normal(x)
    try:
        x = asnumpy(x)
    except TypeError:
        message = f"x must be an array or a shape, a tuple of ints such as (3, 4); got {x!r:.60}, a {type(x).__name__}"
        raise TypeError(message) from None
    return np.array(x, dtype=np.float64 if x.dtype.kind == "f" else x.dtype)


def _is_finite(layer, x):
    return bool(np.isfinite(Run(layer, {"x": x}, {}, Dice(layer)).forward()).all())
