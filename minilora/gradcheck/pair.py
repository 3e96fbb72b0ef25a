"""Checks of a forward and backward pair, and of a plain scalar function with its gradient."""

from functools import partial

import numpy as np

from minilora.backend import asnumpy
from minilora.gradcheck.clues import cache_names, contents, formulas_of, surroundings_of
from minilora.gradcheck.context import Context
from minilora.gradcheck.returned import host, match
from minilora.gradcheck.subject import check_rtol, compare, cotangent, mutations, output_findings, read_output
from minilora.gradcheck.unshown import unshown


def check(forward, backward, inputs, constants=None, rtol=1e-6, rng=0, zero=(), dims=None):
    """Compare backward's gradients with numeric ones, in every entry of every floating input. Returns a Report.

    forward    forward(**inputs, **constants) -> (y, cache); y is one floating array of any shape, or a number.
    backward   backward(dy, cache) -> the gradients in the order of the floating inputs: a tuple, one array, or a dict by input
               name. dy is a random standard normal array of y's shape; the checked gradient is that of sum(dy * y).
    inputs     {name: array}; floating ones are copied and lifted to float64. Integer and boolean ones get no gradient and have no
               place in the tuple. An optional input may be None; it may have a place, with None in it.
    constants  {name: anything}, handed to forward as they are.
    rtol       > 0, the largest error that passes, where error = |a - n| / max(|a|, |n|, 1e-3 max|n|).
    rng        int or numpy Generator for dy.
    zero       names of inputs whose gradient is truly zero everywhere. Any other such input fails as dead_parameter, unless
               an axis of size 1 explains it.
    dims       {"N": 3, "T": 4}: names of sizes, for the report.

    TypeError or ValueError for a forward or inputs of another form. Exceptions of forward and backward come through.
    """
    return _check(forward, backward, inputs, dict(constants or {}), rtol, partial(cotangent, rng), zero, dims)


def check_function(f, gradient, x, rtol=1e-6, rng=0):
    """Compare gradient(x) with the numeric gradient of a scalar function f(x) -> float, in every entry. Returns a Report on "x".

    x is a floating array. `rng` is there so that every check is called alike; nothing is random here.
    """

    def forward(x):
        y = f(x)
        if np.ndim(y) != 0:
            raise ValueError(f"f must return one number, got shape {np.shape(y)}; use check for a function of arrays")
        return y, x

    return _check(forward, lambda dy, x: gradient(x), {"x": host(x)}, {}, rtol, np.ones, (), None)


def assert_gradients(forward, backward, inputs, constants=None, rtol=1e-6, rng=0, zero=(), dims=None):
    """`check`, for a test: AssertionError with the printed report if it fails, else the Report."""
    report = check(forward, backward, inputs, constants, rtol, rng, zero, dims)
    if not report.ok:
        raise AssertionError(str(report))
    return report


def _check(forward, backward, inputs, constants, rtol, dy_of, zero, dims):
    check_rtol(rtol)
    given = {name: _lift(name, value) for name, value in inputs.items()}
    values = {name: array for name, array in given.items() if array is not None and array.dtype.kind == "f"}
    if not values:
        raise ValueError(f"inputs must hold a floating array, got {', '.join(given) or 'none'}; there is nothing to check")

    def run(changes=None):
        """forward on fresh copies: (y, whether its dtype was lower, cache, the copies)."""
        copies = _copied({**given, **{name: value for name, value in (changes or {}).items() if name in given}})
        numbers = {name: value for name, value in (changes or {}).items() if name not in given}
        with np.errstate(all="ignore"):  # what is not finite becomes a finding
            result = forward(**copies, **{**constants, **numbers})
        if not isinstance(result, tuple) or len(result) != 2:
            got = f"a tuple of {len(result)}" if isinstance(result, tuple) else f"a {type(result).__name__}"
            raise TypeError(f"forward must return a tuple (y, cache), got {got}; write return y, cache")
        return *read_output(result[0]), result[1], copies

    def y_at(name, index, value):
        kept = given[name][index]
        given[name][index] = value
        try:
            return run()[0]
        finally:
            given[name][index] = kept

    (y, lowered, first_cache, _), (second, *_), (third, _, cache, after_forward) = run(), run(), run()
    findings, differentiable = output_findings(y, lowered, [second, third])
    findings += mutations(given, after_forward, "forward")

    dy = dy_of(y.shape)
    cotangent_name = "dy" if "dy" not in given else "the cotangent"
    before = _copied({**after_forward, cotangent_name: dy})
    after = {**after_forward, cotangent_name: dy.copy()}
    with np.errstate(all="ignore"):
        returned = backward(after[cotangent_name], cache)
    findings += mutations(before, after, "backward")

    expected = {name: name in values for name in given if name in values or given[name] is None}

    def rerun(changes, dy):
        y, _, cache, _ = run(changes)
        return y, None if dy is None else match(backward(dy.copy(), cache), expected)[0]

    def moved(changes):
        y, _, cache, _ = run(changes)
        return {output: y, **contents(cache, names)[0]}

    output = "y" if "y" not in given else "output"
    around, numbers = surroundings_of(forward, constants)
    names = cache_names(forward)
    cached, cached_numbers = contents(first_cache, names)
    cached = {name: array for name, array in cached.items() if not any(np.array_equal(array, a) for a in given.values())}
    context = Context(
        arrays={**around, **{name: a for name, a in given.items() if a is not None}, output: y, "dy": dy, **cached},
        output=output,
        numbers={**numbers, **cached_numbers},
        dims=dict(dims or {}),
        formulas=formulas_of(backward),
        rerun=rerun,
        cached=moved,
    )
    gradients, about_count = match(returned, expected)
    shapes = {name: array.shape for name, array in given.items() if array is not None}
    findings += about_count
    told = {"notes": unshown(given, y.shape, {name: value for name, value in numbers.items() if name in constants}, context.dims)}
    told["explain"] = "dy" not in given  # that name is the cotangent's, in a diagnosis
    return compare(values, gradients, y_at, y, dy, rtol, zero, shapes, differentiable, context, findings, **told)


def _copied(arrays):
    return {name: None if array is None else array.copy() for name, array in arrays.items()}


def _lift(name, value):
    """An array of one's own: float64 for a floating input, the same dtype for an integer or boolean one. None stays None."""
    if value is None:
        return None
    try:
        array = asnumpy(value)
    except TypeError:
        message = f"inputs[{name!r}] must be an array, got {type(value).__name__}; write np.array(...), or make it one of the "
        message += "constants if it is a setting that gets no gradient"
        raise TypeError(message) from None
    if array.dtype.kind in "iub":
        return array.copy()
    if array.dtype.kind != "f":
        raise TypeError(f"inputs[{name!r}] has dtype {array.dtype}; expected a floating, integer or boolean array")
    if not np.isfinite(array).all():
        raise ValueError(f"inputs[{name!r}] is not finite everywhere; give finite values (a mask as a boolean array)")
    return np.array(array, dtype=np.float64)
