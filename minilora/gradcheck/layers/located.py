"""Which layer of a model is to blame: the first one, seen from the loss, that is wrong by itself.

A wrong dx makes every gradient below it wrong, so a list of wrong parameters does not say where the mistake is. Each layer is
therefore checked on its own: with the inputs and the dy that it was really given, are its dx and what it added to its
parameters' gradients the derivatives of its own forward? A layer that holds others is blamed only where all of those are right.
"""

from dataclasses import replace

import numpy as np

from minilora.gradcheck.directions import wrong_along
from minilora.gradcheck.finding import Cause
from minilora.gradcheck.layers.discipline import same
from minilora.gradcheck.layers.reach import below, is_array, is_parameter
from minilora.gradcheck.layers.recording import parts_of, record
from minilora.gradcheck.layers.runs import Run
from minilora.gradcheck.layers.values import generator
from minilora.gradcheck.numeric import differentiate
from minilora.gradcheck.returned import host, match
from minilora.gradcheck.subject import JITTER, compare, read_output
from minilora.gradcheck.verdict import judge

LACKS = (Cause.MISSING_TERM, Cause.EXTRA_TERM, Cause.GRADIENT_CUT)


class Blame:
    """The search for the wrong layer in one loss and backward of a model.

    run         run() is one loss and backward.
    parameters  {name: parameter} of the trainable ones.
    """

    def __init__(self, model, run, parameters, dice, rtol, rng):
        self.names = {id(parameter): name for name, parameter in parameters.items()}
        self.rtol, self.rng = rtol, generator(rng)
        self.calls = record(model, dice, self._parameters_of, run)

    def first(self, thorough):
        """The first wrong call, as a Local; None if each layer is right. thorough: by entries, else along random directions."""
        return self._first_of(self.calls, self._wrong_entries if thorough else self._wrong_along)

    def _first_of(self, calls, is_wrong):
        for call in sorted(calls, key=lambda call: call.order):
            found = self._first_of(call.inside, is_wrong)
            if found:
                return found
            local = Local.of(call, self._parameters_of(call.layer))
            if local and any(is_wrong(local, name) for name in local.gradients):
                return local
        return None

    def _wrong_along(self, local, name):
        value, gradient = local.run.values[name], local.gradients[name]
        if gradient.shape != value.shape:
            return True
        with_other = lambda name, array: local.run.forward({name: array})  # noqa: E731
        return wrong_along(name, value, gradient, with_other, local.y, local.dy, self.rtol, self.rng, k=2)

    def _wrong_entries(self, local, name):
        value, gradient = local.run.values[name], local.gradients[name]
        numeric = differentiate(lambda *at: local.run.y_at(name, *at), value, local.y, local.dy, expected=gradient)
        return any(finding.cause is Cause.WRONG for finding in judge(name, value, gradient, numeric, self.rtol, "not asked")[1])

    def _parameters_of(self, layer):
        """{name: parameter} below a layer, of the model's trainable ones: "W" where that names one alone, else "q.W"."""
        paths = {path: value for path, value in below(layer) if is_parameter(value) and id(value) in self.names}
        leaves = [path.rpartition(".")[2] for path in paths]
        return {leaf if leaves.count(leaf) == 1 else path: paths[path] for leaf, path in zip(leaves, paths, strict=True)}

    def findings(self, local, wrong):
        """What the layer's own check says, told as the model's: about the parameters' names in the model and the layer's name.

        wrong   the names of the model's parameters whose gradients are wrong.
        """
        names = {leaf: self.names[id(parameter)] for leaf, parameter in local.run.parameters.items()}
        report = local.report(self.rtol)
        left_out = next((call for call in _uncalled(local.call.inside) if not self._changes_nothing(call)), None)
        others = len(set(wrong) - {names.get(finding.input) for finding in report.findings})
        failing = [finding for finding in report.findings if finding.fails]
        first, *rest = dx_first(failing, local.run.inputs) if local.call.inside else failing
        message = f"{local.call.name} is the first layer, seen from the loss, that is wrong by itself. {first.message}"
        if others:
            many = f"{others} other parameters are" if others > 1 else "One other parameter is"
            message += f" {many} wrong too, because of it or apart from it."
        input = names.get(first.input, local.call.name)
        if left_out:
            input = left_out.name
            message = f"{input} runs in forward, and its backward is not called. {message}"
        yield replace(first, input=input, message=message)
        for finding in rest:
            if finding.cause is not Cause.WRONG:
                yield replace(finding, input=names.get(finding.input, local.call.name))

    def _changes_nothing(self, call):
        """Whether a layer without parameters gave back what it was given, such as dropout with p = 0: backward may skip it."""
        given = [value for value in (call.arguments or {}).values() if is_array(value)]
        return not self._parameters_of(call.layer) and any(np.array_equal(call.output, value) for value in given)

    def left_out(self, wrong):
        """(layer's name, parameter's name) of the last layer in forward whose backward is not called, though a parameter of it is
        wrong; None if there is none."""
        for call in _uncalled(self.calls):
            for parameter in self._parameters_of(call.layer).values():
                if self.names[id(parameter)] in wrong:
                    return call.name, self.names[id(parameter)]
        return None

    def added_again(self, name, gradient):
        """The name of the layer whose part of a parameter's gradient the model itself adds once more; None if it does not."""
        parts = {}
        for call in _innermost(self.calls):
            for leaf, parameter in self._parameters_of(call.layer).items():
                if self.names[id(parameter)] == name and call.added.get(leaf) is not None:
                    parts[call.name] = parts.get(call.name, 0) + call.added[leaf]
        beside = gradient - sum(parts.values())
        return next((layer for layer, part in parts.items() if part.any() and same(beside, part)), None)


class Local:
    """A recorded call as a check of its own: `run` makes it again, `gradients` are those that the model's backward got."""

    def __init__(self, call, run, y, gradients):
        self.call, self.run, self.y, self.dy, self.gradients = call, run, y, np.array(host(call.dy), dtype=np.float64), gradients

    @classmethod
    def of(cls, call, parameters):
        """None if the call cannot be made again, or has no gradient to compare."""
        if call.arguments is None or call.dy is None or not is_array(call.output) or not is_array(call.dy):
            return None
        run = Run(call.layer, call.arguments, parameters, call.dice, parts_of(call.inside, call.name + "."))
        y = run.forward()
        expected = read_output(call.output)[0]
        if y.shape != expected.shape or np.abs(y - expected).max(initial=0.0) > JITTER * np.abs(y).max(initial=0.0):
            return None
        gradients, _ = match(call.returned, dict.fromkeys(run.inputs, True)) if run.inputs else ({}, [])
        gradients |= call.added
        known = {name: np.array(host(gradient)) for name, gradient in gradients.items() if gradient is not None}
        return cls(call, run, y, known) if known else None

    def report(self, rtol):
        """The Report on the gradients, in every entry."""
        self.run.forward()
        context = self.run.context(self.y, self.dy)
        values = {name: self.run.values[name] for name in self.gradients}
        shapes = {name: np.shape(value) for name, value in self.run.arguments.items()}
        return compare(values, self.gradients, self.run.y_at, self.y, self.dy, rtol, ("*",), shapes, True, context, screen=True)


def dx_first(findings, inputs):
    """The findings about a layer around others, those with a name about its inputs first if the parameters only lack a term.

    What a parameter deep inside lacks is what the layer did not pass on to it, which dx tells more directly.
    """
    about_dx = [finding for finding in findings if finding.input in inputs and finding.cause in LACKS]
    if about_dx and findings[0].cause in (*LACKS, Cause.WRONG):
        return about_dx + [finding for finding in findings if finding not in about_dx]
    return findings


def _innermost(calls):
    """The calls in which no others ran."""
    for call in calls:
        yield from _innermost(call.inside) if call.inside else [call]


def _uncalled(calls):
    """The calls of forward that no backward followed, the last one first, innermost ones only."""
    for call in reversed(calls):
        inner = list(_uncalled(call.inside))
        yield from inner
        if call.order == 0 and not inner:
            yield call
