"""Checks of a whole model, by what it can do and not by its class.

A model has `loss(*batch) -> float`, `backward()`, `named_parameters()` and `zero_grad()`; it may have `train()` and `eval()`. Its
layers are what has `forward` and `backward` among its attributes.
"""

from dataclasses import replace

import numpy as np

from minilora.gradcheck.context import Context
from minilora.gradcheck.directions import Directions
from minilora.gradcheck.finding import Cause, Finding, entry_name
from minilora.gradcheck.layers.discipline import add_discipline, in_groups, left_alone, one_by_one
from minilora.gradcheck.layers.located import Blame
from minilora.gradcheck.layers.modes import has_modes, in_training
from minilora.gradcheck.layers.reach import layers_of
from minilora.gradcheck.layers.replay import Replay
from minilora.gradcheck.layers.state import Dice, clear, gradients_of, preserved
from minilora.gradcheck.layers.values import DRAWN, Entries, check_values, draw, generator, host_data, put_back, trainable
from minilora.gradcheck.subject import check_rtol, compare, mutations, output_findings

SCREENED = 1e-6  # rtol from which a central difference that agrees is proof enough
NO_LAYERS_FAULT = (Cause.DEAD_PARAMETER, Cause.KINK, Cause.ROUNDING)
OF_THE_PARAMETER = (Cause.NOT_ACCUMULATED, Cause.NOT_ZEROED)


def check_model(model, *batch, rtol=1e-6, rng=0, zero=(), samples=None, values=DRAWN, progress=None):
    """Compare the grad of every trainable parameter after `model.loss(*batch)` and `model.backward()` with numeric ones.

    batch     what loss takes, such as ids and targets.
    rng       int or numpy Generator for the parameters' values and the directions.
    zero      names, dotted suffixes ("attn.k.b") or globs of gradients that are truly zero everywhere.
    samples   None: every entry. k: the slopes along k random directions of each parameter, for a model of any size; the report's
              arrays then have the shape (k,), and a note says how likely an error is missed (see directions).
    values    "drawn": every parameter gets normal values for the time of the check, of order one, a matrix's over sqrt(inputs).
              "own": the parameters as they are.
    progress  progress(name) is called before each parameter.

    Returns a Report with the parameters' names. If a gradient is wrong, every layer is checked by itself, and the findings
    about the first wrong one, seen from the loss, come first: about its parameter, or about the layer's dotted name if it is
    its dx. Checked too: that a second backward adds up, zero_grad() empties, and frozen parameters stay as they are.

    A model with modes is checked in training mode, its random generators (np.random.Generator, found among the attributes) set
    back before every loss. It must be float64, else ValueError. Weights, modes, generators and buffers are put back after, bit
    for bit, and the gradients are set to zero. ValueError too for rtol <= 0, samples < 1 or another word for values.
    """
    check_rtol(rtol)
    check_values(values)
    if samples is not None and samples < 1:
        raise ValueError(f"samples must be at least 1, the directions for each parameter, or None for every entry; got {samples}")
    parameters = trainable(model)
    if not parameters:
        raise ValueError("nothing to check: the model has no trainable parameter")
    with preserved(model):
        if has_modes(model):
            model.train()
        subject = _Model(model, batch, parameters)
        notes = draw(model, rng, lambda: bool(np.isfinite(subject.loss()))) if values == DRAWN else []
        return subject.report(rtol, generator(rng), zero, samples, notes, progress or (lambda name: None))


class _Model:
    """A model with its batch, whose loss and gradients are the same every time."""

    def __init__(self, model, batch, parameters):
        self.model, self.batch, self.parameters, self.dice = model, batch, parameters, Dice(model)

    def loss(self):
        self.dice.rewind()
        with np.errstate(all="ignore"):  # what is not finite becomes a finding
            return np.asarray(float(self.model.loss(*self.batch)))

    def step(self):
        """One loss and backward. A model has no dx to return."""
        self.loss()
        self.backward()
        return {}

    def backward(self):
        """Add to the gradients, after a loss."""
        with np.errstate(all="ignore"):
            self.model.backward()

    def report(self, rtol, rng, zero, samples, notes, progress):
        model, parameters = self.model, self.parameters
        frozen = {name: parameter for name, parameter in model.named_parameters() if not parameter.trainable}
        kept, kept_frozen, frozen_gradients = host_data(parameters), host_data(frozen), gradients_of(frozen)
        clear(parameters)
        model.zero_grad()
        y, second, third = self.loss(), self.loss(), self.loss()
        self.backward()
        findings, differentiable = output_findings(y, False, [second, third])
        mutated = mutations(kept, host_data(parameters), "loss or backward")
        findings += [*mutated, *left_alone(frozen, kept_frozen, frozen_gradients)]
        put_back(parameters, kept)
        put_back(frozen, kept_frozen)
        gradients = gradients_of(parameters)
        how = Entries(kept, gradients) if samples is None else Directions(kept, gradients, samples, rng, rtol)
        faithful = differentiable and not mutated and not any(gradient is None for gradient in gradients.values())
        replay = Replay(model, self.loss, parameters if faithful else {}, self.dice)
        started = set()

        def y_at(name, index, value):
            if name not in started:
                started.add(name)
                progress(name)
            return how.moved(parameters[name], name, index, value, lambda: replay.after(name))

        context = Context(arrays={**how.values, "y": y, "dy": np.ones(())})
        shapes = {f"batch[{i}]": np.shape(value) for i, value in enumerate(self.batch) if value is not None}

        def compared(explain):
            with replay.running():
                return compare(
                    how.values, how.gradients, y_at, y, np.ones(()), rtol, zero, shapes, differentiable, context,
                    [*findings, *how.findings], screen=rtol >= SCREENED, notes=[*notes, *how.notes], explain=explain,
                )  # fmt: skip

        report = compared(explain=not faithful)
        if faithful:
            plain = list(report.findings)
            freeze = one_by_one if samples is None else in_groups
            add_discipline(report, self.step, parameters, model.zero_grad, freeze(list(parameters)))
            self._blame(report, rtol, rng, thorough=samples is None)
        return report

    def _blame(self, report, rtol, rng, thorough):
        """Put the findings about the first wrong layer first; if there is none, say that the mistake lies between the layers."""
        wrong = [name for name, record in report.inputs.items() if not record.ok]
        wrong = [name for name in wrong if any(f.input == name and f.cause not in NO_LAYERS_FAULT for f in report.findings)]
        if not wrong or not layers_of(self.model) or any(finding.cause in OF_THE_PARAMETER for finding in report.findings):
            return
        blame = self._search(rtol, rng)
        local = blame.first(thorough=False) or (blame.first(thorough=True) if thorough else None)
        if local:
            found = list(blame.findings(local, wrong))
            if has_modes(self.model) and self.dice.rolled():
                self.model.eval()
                other = self._search(rtol, rng).first(thorough=False)
                if not other or other.call.name != local.call.name:
                    found = [in_training(finding, drops=True) for finding in found]
            report.findings[:0] = found
            return
        left_out = blame.left_out(wrong)
        if left_out:
            report.findings.insert(0, self._left_out(report, *left_out))
            return
        for name in wrong if thorough else ():
            layer = blame.added_again(name, report[name].analytic)
            if layer:
                message = f"{entry_name(name)} has the part of {layer} twice: its backward adds it, and the model does again."
                report.findings.insert(0, Finding(Cause.DOUBLE_COUNTED, name, None, None, message, matched=layer))
                return
        place = next(i for i, finding in enumerate(report.findings) if finding.input in wrong)
        message = "Every layer is right by itself, so the mistake is in the model's own backward: the gradient of the loss, or "
        message += f"the way from layer to layer. {report.findings[place].message}"
        report.findings[place] = replace(report.findings[place], message=message)

    @staticmethod
    def _left_out(report, layer, name):
        """The Finding about a layer whose backward is not called, and its parameter."""
        cut = not report[name].analytic.any()
        message = f"{layer} runs in forward, and its backward is not called: {entry_name(name)} "
        message += "is zero." if cut else "gets what other uses of it give, and not this layer's part."
        return Finding(Cause.GRADIENT_CUT if cut else Cause.MISSING_TERM, name, None, None, message, matched=layer)

    def _search(self, rtol, rng):
        clear(self.parameters)
        return Blame(self.model, self.step, self.parameters, self.dice, rtol, rng)
