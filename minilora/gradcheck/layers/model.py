"""Checks of a whole model, by what it can do and not by its class.

A model has `loss(*batch) -> float`, `backward()`, `named_parameters()` and `zero_grad()`; it may have `train()` and `eval()`. Its
layers are what has `forward` and `backward` among its attributes.
"""

import numpy as np

from minilora.gradcheck.context import Context
from minilora.gradcheck.directions import Directions
from minilora.gradcheck.finding import Cause, Finding, entry_name
from minilora.gradcheck.layers.blindness import blind_spots_of_batch
from minilora.gradcheck.layers.discipline import add_discipline, in_groups, left_alone, one_by_one
from minilora.gradcheck.layers.faint import pass_faint
from minilora.gradcheck.layers.located import Blame
from minilora.gradcheck.layers.modes import has_modes, in_training
from minilora.gradcheck.layers.reach import layers_of
from minilora.gradcheck.layers.replay import Replay
from minilora.gradcheck.layers.state import Dice, clear, gradients_of, preserved
from minilora.gradcheck.layers.telling import between, not_following, skipped, wrong_by_a_layer
from minilora.gradcheck.layers.values import (
    DRAWN,
    OWN,
    Entries,
    check_can,
    check_values,
    draw,
    generator,
    host_data,
    put_back,
    trainable,
)
from minilora.gradcheck.subject import check_rtol, compare, mutations, output_findings

SCREENED = 1e-6  # rtol from which a central difference that agrees is proof enough
OF_THE_PARAMETER = (Cause.NOT_ACCUMULATED, Cause.NOT_ZEROED)


def check_model(model, *batch, rtol=1e-6, rng=0, zero=(), samples=None, values=DRAWN, progress=None):
    """Compare the grad of every trainable parameter after `model.loss(*batch)` and `model.backward()` with numeric ones.

    batch     what loss takes, such as ids and targets.
    rng       int or numpy Generator for the parameters' values and the directions.
    zero      names, dotted suffixes ("attn.k.b") or globs of gradients that are truly zero everywhere.
    samples   None: every entry. k: the slopes along k random directions of each parameter, for a model of any size; the report's
              arrays then have the shape (k,), and a note says how likely an error is missed (see directions).
    values    "drawn": every parameter gets normal values for the time of the check, of order one, a matrix's over sqrt(inputs).
              "own": the parameters as they are. Entries too small to be seen well in the loss pass if they agree as far as they
              are seen, with a note; where that is too little to judge by, the finding is `rounding`, and "drawn" helps.
    progress  progress(name) is called before each parameter.

    Returns a Report with the parameters' names. If a gradient is wrong, every layer is checked by itself, and the findings
    about the first wrong one, seen from the loss, come first: about its parameter, or about the layer's dotted name if it is
    its dx. What else is wrong is only mentioned then. Checked too: that a second backward adds up, zero_grad() empties, and
    frozen parameters stay as they are. The notes say which mistakes these values could not have shown.

    A model with modes is checked in training mode, its random generators (np.random.Generator, found among the attributes) set
    back before every loss. It must be float64, else ValueError. Weights, modes, generators and buffers are put back after, bit
    for bit, and the gradients are set to zero. ValueError too for rtol <= 0, samples < 1 or another word for values; TypeError
    for a model that is none.
    """
    check_rtol(rtol)
    check_values(values)
    check_can("model", model, ("loss", "backward", "named_parameters", "zero_grad"))
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
        notes += blind_spots_of_batch(batch, host_data(parameters) if values == OWN else {})
        return subject.report(rtol, generator(rng), zero, samples, values, notes, progress or (lambda name: None))


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

    def report(self, rtol, rng, zero, samples, values, notes, progress):
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
                report = compare(
                    how.values, how.gradients, y_at, y, np.ones(()), rtol, zero, shapes, differentiable, context,
                    [*findings, *how.findings], screen=rtol >= SCREENED, notes=[*notes, *how.notes], explain=explain,
                )  # fmt: skip
            return pass_faint(report, float(y), rtol) if values == OWN else report

        report = compared(explain=not faithful)
        if not faithful:
            return report
        plain = list(report.findings)
        freeze = one_by_one if samples is None else in_groups
        add_discipline(report, self.step, parameters, model.zero_grad, freeze(list(parameters)))
        wrong = wrong_by_a_layer(report)
        if wrong:
            apart = not layers_of(model) or any(finding.cause in OF_THE_PARAMETER for finding in report.findings)
            located = [] if apart else self._located(report, wrong, rtol, rng, thorough=samples is None)
            if located:
                report.findings[:] = [*located, *not_following(wrong, report.findings)]
            else:
                place = report.findings.index(plain[0])
                explained = compared(explain=True).findings
                report.findings[place : place + len(plain)] = explained if apart else between(explained, wrong)
        return report

    def _located(self, report, wrong, rtol, rng, thorough):
        """Findings about the first wrong layer, or about one that backward leaves out or counts twice; [] if there is none."""
        blame = self._search(rtol, rng)
        local = blame.first(thorough=False) or (blame.first(thorough=True) if thorough else None)
        if local:
            found = list(blame.findings(local, wrong))
            if has_modes(self.model) and self.dice.rolled():
                self.model.eval()
                other = self._search(rtol, rng).first(thorough=False)
                if not other or other.call.name != local.call.name:
                    found = [in_training(finding, drops=True) for finding in found]
            return found
        left_out = blame.left_out(wrong)
        if left_out:
            return [skipped(report, *left_out)]
        for name in wrong if thorough else ():
            layer = blame.added_again(name, report[name].analytic)
            if layer:
                message = f"{entry_name(name)} has the part of {layer} twice: its backward adds it, and the model does again."
                return [Finding(Cause.DOUBLE_COUNTED, name, None, None, message, matched=layer)]
        return []

    def _search(self, rtol, rng):
        clear(self.parameters)
        return Blame(self.model, self.step, self.parameters, self.dice, rtol, rng)
