"""What every kind of check shares: values that can be moved, an output that answers, and the verdict on each value's gradient."""

from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial

import numpy as np

from minilora.gradcheck.curve import error_curve
from minilora.gradcheck.diagnosis import diagnose
from minilora.gradcheck.finding import Cause, Finding, entry_name
from minilora.gradcheck.numeric import differentiate
from minilora.gradcheck.report import Report
from minilora.gradcheck.returned import host, read_gradient
from minilora.gradcheck.verdict import judge

COTANGENT = int.from_bytes(b"dy")
FIRST = (  # about forward and backward as such, not about the values of one gradient
    Cause.MUTATES_INPUT,
    Cause.NONDETERMINISTIC_FORWARD,
    Cause.WRONG_DTYPE,
    Cause.WRONG_COUNT,
    Cause.MISSING_GRADIENT,
    Cause.NOT_FINITE,
)
JITTER = 1e-12  # two calls of forward may differ by this, relative, and still count as the same


def cotangent(rng, shape):
    """A standard normal dy from an int seed or a generator.

    A seed is mixed with a word of our own: whoever drew x from default_rng(0) would otherwise get dy = x from rng=0, and for
    dy = x many a mistake does not show (the whole gradient of a layer norm is nearly zero).
    """
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng((rng, COTANGENT))
    return np.asarray(generator.standard_normal(shape))


def check_rtol(rtol):
    """ValueError if it is no tolerance."""
    if not rtol > 0:  # also for NaN, with which every comparison is false
        raise ValueError(f"rtol must be > 0, the largest relative error that passes, such as 1e-6; got {rtol}")


def read_output(y):
    """forward's output as a new float64 array, and whether its dtype was lower. TypeError if it is not one floating array."""
    if isinstance(y, (tuple, list, dict)):
        raise TypeError(f"forward returned a {type(y).__name__} as y; several outputs are not supported, return one array")
    try:
        array = host(y)
    except TypeError:
        raise TypeError(f"forward returned a {type(y).__name__} as y, expected a floating array") from None
    if array.dtype.kind != "f":
        raise TypeError(f"forward returned y with dtype {array.dtype}, expected a floating array")
    return np.array(array, dtype=np.float64), array.dtype.itemsize < 8


def output_findings(y, lowered, again):
    """Findings about the output: lower dtype, not finite, not the same in the calls `again`. And whether a slope can be taken."""
    findings = []
    if lowered:
        message = "forward computes y in less than float64 although every input is float64; keep the dtype of the inputs."
        findings.append(Finding(Cause.WRONG_DTYPE, "y", None, None, message))
    bad = np.argwhere(~np.isfinite(y))
    if len(bad):
        where = tuple(map(int, bad[0]))
        message = f"forward's output y is not finite in {len(bad)} of {y.size} entries (first at {where}: {y[where]})."
        return [*findings, Finding(Cause.NOT_FINITE, "y", None, where, message)], False
    for other in again:
        apart = np.abs(other - y) if other.shape == y.shape else np.array(np.inf)
        if not np.all(apart <= JITTER * np.abs(y).max(initial=0.0)):
            message = "forward gives another output when called again with the same inputs, so it has no gradient to compare. "
            message += "Draw random numbers outside and pass them in (a dropout mask as an input), or turn dropout off."
            return [*findings, Finding(Cause.NONDETERMINISTIC_FORWARD, "y", None, None, message)], False
    return findings, True


def mutations(before, after, who):
    """A finding for each array of `after` that is no longer what it was `before`; both are {name: array or None}."""
    findings = []
    for name, kept in before.items():
        if kept is None or np.array_equal(kept, after[name], equal_nan=kept.dtype.kind == "f"):
            continue
        where, what = None, f"its shape {kept.shape} became {after[name].shape}"
        if kept.shape == after[name].shape:
            where = tuple(map(int, np.argwhere(kept != after[name])[0]))
            what = f"first at {where}: {kept[where]} became {after[name][where]}"
        message = f"{who} changes {name} in place ({what}); work on a copy: x = x + ... instead of x += ..."
        findings.append(Finding(Cause.MUTATES_INPUT, name, None, where, message))
    return findings


def compare(
    values, gradients, y_at, y, dy, rtol, zero, shapes, differentiable, context, findings=(), screen=False, notes=(), explain=True
):
    """The Report on every value's gradient.

    values          {name: float64 array} to differentiate with respect to.
    gradients       {name: what backward gave, or None}; a name that is absent has been complained about already.
    y_at            y_at(name, index, value) -> y with one entry changed.
    zero            names of gradients that may be zero everywhere; see `named`.
    shapes          {name: shape} of all arrays that may explain a zero by a size of 1.
    differentiable  False if y_at cannot be trusted: no numeric gradient then.
    context         the Context that a wrong gradient is diagnosed in.
    findings        what was found before.
    screen          two evaluations for an entry whose analytic gradient they confirm; see `differentiate`.
    notes           what else to tell the reader.
    explain         False leaves wrong gradients undiagnosed, for a caller who knows better where the mistake lies.
    """
    findings, records, numerics = list(findings), {}, {}
    excused = named(zero, values)
    analytic = dict.fromkeys(values)
    for name in values:  # all of them first: forward, called again, may use the memory that they lie in
        if name in gradients:
            analytic[name], about_form = read_gradient(name, gradients[name], values[name].shape)
            findings += about_form
    for name, x in values.items():
        a = analytic[name] if analytic[name] is not None and analytic[name].shape == x.shape else None
        if differentiable:
            expected = {"expected": a} if screen and a is not None else {}
            numerics[name] = differentiate(lambda index, value, name=name: y_at(name, index, value), x, y, dy, **expected)
        excuse = "named in zero=" if name in excused else size_of_one(name, x.shape, shapes, context.dims)
        records[name], about_values = judge(name, x, a, numerics.get(name), rtol, excuse)
        findings += about_values
    if explain:
        findings = diagnosed(findings, analytic, numerics, context)
    return Report(records, findings, rtol, dict(context.dims), list(notes), _curve(records, values, y_at, dy))


def _curve(records, values, y_at, dy):
    """The error curve of the worst entry of the worst input; None if no entry was compared."""
    compared = [record for record in records.values() if record.worst]
    if not compared:
        return None
    worst = max(compared, key=lambda record: (not record.ok, record.error))
    name, entry = worst.name, worst.worst[0]
    return error_curve(partial(y_at, name), name, values[name], entry.index, dy, entry.got)


def diagnosed(findings, analytic, numerics, context):
    """The findings, with a diagnosis in the place of those that only say that a gradient is wrong, or its shape.

    First what is wrong with forward and backward as such, then the causes that have a name, then the rest.
    """
    vague = [finding for finding in findings if _is_vague(finding, numerics)]
    found = diagnose(analytic, numerics, context, list(dict.fromkeys(finding.input for finding in vague)))
    explained = {finding.input for finding in found}
    if found:
        findings = [_perhaps_from(found[0], finding) if finding in vague else finding for finding in findings]
        vague = [finding for finding in findings if _is_vague(finding, numerics)]
    first = [finding for finding in findings if finding.cause in FIRST]
    left = [finding for finding in findings if finding not in first and not (finding in vague and finding.input in explained)]
    return [*first, *found, *left]


def _is_vague(finding, numerics):
    return finding.cause in (Cause.WRONG, Cause.WRONG_SHAPE) and finding.input in numerics


def _perhaps_from(first, finding):
    """The finding, with a word on the mistake that it may follow from."""
    if finding.input == first.input:
        return finding
    return replace(finding, message=f"{finding.message} Perhaps it follows from the mistake in {entry_name(first.input)}.")


def named(zero, names):
    """The names that `zero` means: whole names, whole dotted suffixes ("k.b") or globs. ValueError for one that means none."""
    if isinstance(zero, str):
        zero = (zero,)
    found = set()
    for pattern in zero:
        matching = {name for name in names if name == pattern or name.endswith("." + pattern) or fnmatchcase(name, pattern)}
        if not matching:
            raise ValueError(f"zero= names {pattern!r}, but the gradients are those of {', '.join(names)}")
        found |= matching
    return found


def size_of_one(name, shape, shapes, dims):
    """How a size of 1 explains that a gradient is zero everywhere (softmax over one entry does not see it); None if none does.

    Counted are the input's own axes, and any other array's but its first: that one is the batch, which explains nothing.
    """
    if 1 in shape:
        return f"explained by a size of 1 in {name}'s shape"
    for dim, size in dims.items():
        if size == 1:
            return f"explained by {dim} = 1"
    for other, sizes in shapes.items():
        if 0 in sizes:
            return f"explained by a size of 0 in {other}'s shape"
        if 1 in sizes[1:]:
            return f"explained by a size of 1 in {other}'s shape"
    return None
