"""A plain function: what it returns, against what the library's returns for the same arguments."""

import numpy as np

from minilora.course.compare import unequal, unlike
from minilora.course.formulas import formulas, tag_of, tags_in
from minilora.course.inputs import INPUTS
from minilora.course.levels import FUNCTION, ladder
from minilora.course.result import Failure


def judge_function(exercise, student, arrays, constants, lines, seed):
    """(failures, levels) on one set of arguments. Appends to the report's lines."""
    (function,) = exercise.functions
    wanted = function(**arrays, **constants)
    got = student.call({name: a.copy() for name, a in arrays.items()}, constants)
    problem = _another_form(wanted, got)
    if problem:
        tag = exercise.tag(tags_in(function)[-1])
        lines.append(f"  {tag}  {problem}")
        return [Failure("result", tag, f"{tag}  {problem}")], ladder(FUNCTION, "shape", problem)
    expected = results(exercise, wanted)
    try:
        found = results(exercise, got)
    except Exception as error:  # a shape that only the comparison notices
        found = dict.fromkeys(expected)
        lines.append(f"  the result cannot be compared: {error}")
    failures, shapeless = [], []
    for name, array in expected.items():
        tag = exercise.tag(_tag(name, function, constants))
        misfit = unlike(name, found[name], array)
        problem = misfit or unequal(name, found[name], array)
        lines.append(f"  {tag}  {problem or f'{name}  right'}")
        shapeless += [name] if misfit else []
        failures += [Failure(name, tag, f"{tag}  {problem}")] if problem else []
    if not failures:
        return [], ladder(FUNCTION)
    missing = shapeless or [failure.name for failure in failures]
    return failures, ladder(FUNCTION, "shape" if shapeless else "forward", ", ".join(missing))


def _tag(name, function, constants):
    """The formula of a result: by its left side; or a constant says which, as the kind of a score does; or the last one."""
    found = (tag_of(side, function) for side in (name, *constants.values()))
    return next(filter(None, found), tags_in(function)[-1])


def results(exercise, returned):
    """{name: array, or None} of what was returned: as the inputs say, or by the left side of the last formula, or numbered."""
    chosen = INPUTS[exercise.target].results
    if chosen:
        named = chosen(returned)
    elif isinstance(returned, tuple):
        named = {f"result {n}": value for n, value in enumerate(returned, 1)}
    else:
        (function,) = exercise.functions
        last = formulas(exercise.module).get(tags_in(function)[-1])
        named = {last.left if last and last.left else "result": returned}
    return {name: None if value is None else np.asarray(value) for name, value in named.items()}


def _another_form(wanted, got):
    """Where a tuple of so many is expected and something else came, in words; None otherwise."""
    count = len(wanted) if isinstance(wanted, tuple) else None
    if (len(got) if isinstance(got, tuple) else None) == count:
        return None
    says = {True: lambda value: f"a tuple of {len(value)}", False: lambda value: "one value"}
    came, due = (says[isinstance(value, tuple)](value) for value in (got, wanted))
    return f"{came} was returned, expected {due}"
