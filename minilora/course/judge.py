"""The verdict on a student's file: forward against the library's, then every gradient against its numeric one.

The student's process only returns arrays; what they are compared with is computed here. Forward comes first, on the same inputs.
If it agrees, the numeric gradient of the library's forward is that of the student's too, and `gradcheck` compares the student's
gradients with it, every entry.
"""

import inspect
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from minilora.course.formulas import formulas, tag_of, tags_in, upstream
from minilora.course.process import StudentProblem, StudentProcess
from minilora.course.stubs import cases
from minilora.gradcheck import check
from minilora.gradcheck.clues import cache_names
from minilora.gradcheck.finding import Cause, entry_name

TOLERANCE = 1e-9  # of y, relative to its largest entry: another order of summation passes, another formula does not
SEED = 0


@dataclass(frozen=True)
class Failure:
    """One array that is not right: its name, the formula that gives it, and a line to show."""

    name: str  # "dW", or "y"
    tag: str  # "linear:B2"
    message: str  # "linear:B2  dW[3, 1]  got 1.5, expected 2.5 (35 of 35 entries are wrong)"
    causes: tuple[str, ...] = ()  # gradcheck's, such as "wrong_shape"


@dataclass(frozen=True)
class Result:
    """The verdict. `print(result.report)` tells it; `failures` are those of the first set of inputs that shows any."""

    exercise: str
    ok: bool
    failures: tuple[Failure, ...]
    report: str
    unsolved: bool = False


def judge(exercise, file, seconds=60):
    """Check a student's file on every set of inputs of the exercise. Returns a Result; never raises for what the file does."""
    pair, sets = exercise.pair, input_sets(exercise)
    lines, failures, problem = [f"{exercise.id}  {exercise.title}", ""], [], None
    student = StudentProcess(file, pair.forward.__name__, pair.backward.__name__, seconds)
    try:
        with student:
            for label, inputs, constants in sets:
                lines.append(f"{label}: {_shapes(inputs)}")
                failures = _judge_set(exercise, student, inputs, constants, lines)
                lines.append("")
                if failures:
                    break
    except StudentProblem as told:
        problem = told
    if problem and lines[-1]:
        lines.append("")
    if student.printed:
        lines += ["your code printed:", student.printed.rstrip(), ""]
    verdict = str(problem) if problem else "not right yet" if failures else f"right, on {len(sets)} sets of inputs"
    unsolved = problem is not None and problem.unsolved
    return Result(exercise.id, not (problem or failures), tuple(failures), "\n".join([*lines, verdict]), unsolved)


def input_sets(exercise):
    """[(label, inputs, constants)]: those of each registered op with this pair, and again without each array that is optional."""
    sets = []
    optional = [p.name for p in inspect.signature(exercise.pair.forward).parameters.values() if p.default is None]
    for op in cases(exercise):
        inputs = op.make_inputs(np.random.default_rng(SEED))
        sets.append((op.name, inputs, op.constants))
        sets += [(f"{op.name} without {name}", {**inputs, name: None}, op.constants) for name in optional if name in inputs]
    return sets


def _judge_set(exercise, student, inputs, constants, lines):
    """The failures on one set of inputs. Appends to the report's lines as it goes, for a StudentProblem may end it anywhere."""
    pair = exercise.pair
    expected, _ = pair.forward(**inputs, **constants)
    y, _ = student.run(inputs, constants)
    number = [tag for tag in tags_in(pair.forward) if tag.startswith("F")][-1]
    name, tag = formulas(exercise.module)[number].left, exercise.tag(number)
    problem = _unequal(name, y, expected)
    lines.append(f"  {tag}  {problem or f'{name}  right'}")
    if problem:
        return [Failure(name, tag, f"{tag}  {problem}")]

    names = cache_names(pair.forward)

    def forward(**given):
        y, cache = pair.forward(**given)
        kept = dict(zip(names, cache, strict=True)) if names else {"kept": cache}
        return y, SimpleNamespace(given=given, **kept)

    def backward(dy, cache):
        given = cache.given  # the library's own cache is there for the diagnosis alone
        arrays, numbers = ({name: given[name] for name in kind} for kind in (inputs, constants))
        return student.run(arrays, numbers, dy)[1]

    report = check(forward, backward, inputs, constants, rng=SEED)
    failures = []
    for name, record in report.inputs.items():
        gradient = entry_name(name)
        tag = exercise.tag(tag_of(gradient, pair.backward))
        if record.ok:
            lines.append(f"  {tag}  {gradient}  right, largest error {record.error:.1e}")
            continue
        findings = [finding for finding in report.findings if finding.input == name]
        sentences = _worst(name, record, report.rtol) + [f.message for f in findings if f.cause is not Cause.WRONG]
        sentences = sentences or [f"{gradient} was not compared"]
        lines += [f"  {tag}  {sentences[0]}", *[f"      {sentence}" for sentence in sentences[1:]]]
        failures.append(Failure(gradient, tag, f"{tag}  {sentences[0]}", tuple(str(f.cause) for f in findings)))
    lines += _shared(exercise, failures)
    return failures


def _worst(name, record, rtol):
    """The worst entry of a wrong gradient, as a list of one sentence; empty if there was nothing to compare."""
    if not record.worst:
        return []
    worst, wrong = record.worst[0], int((record.errors > rtol).sum())
    place = entry_name(name, worst.index)
    return [f"{place}  got {worst.got:.9g}, expected {worst.expected:.9g} ({wrong} of {record.errors.size} entries are wrong)"]


def _shared(exercise, failures):
    """A line on the intermediate gradients that every wrong gradient is computed from, if there are several wrong ones."""
    known = formulas(exercise.module)
    sources = [upstream(failure.tag.split(":")[1], known) for failure in failures]
    common = [tag for tag in sources[0] if all(tag in others for others in sources[1:])] if len(sources) > 1 else []
    if not common:
        return []
    names = " and ".join(failure.name for failure in failures)
    places = ", ".join(f"{known[tag].left} ({exercise.tag(tag)})" for tag in common)
    return [f"  {names} are computed from {places}: look there first"]


def _shapes(inputs):
    """x (2, 3, 5), W (7, 5), b (7,)"""
    return ", ".join(f"{name} {a.shape}" for name, a in inputs.items() if a is not None)


def _unequal(name, y, expected):
    """How y differs from the library's, in words; None if it does not."""
    if y.shape != np.shape(expected):
        return f"{name} has shape {y.shape}, expected {np.shape(expected)}"
    if y.dtype != expected.dtype:
        return f"{name} has dtype {y.dtype}, expected {expected.dtype}, that of the inputs"
    wrong = ~(np.abs(y - expected) <= TOLERANCE * np.abs(expected).max())
    if not wrong.any():
        return None
    index = tuple(map(int, np.argwhere(wrong)[0]))
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    return f"{place}  got {y[index]:.9g}, expected {expected[index]:.9g} ({int(wrong.sum())} of {wrong.size} entries differ)"
