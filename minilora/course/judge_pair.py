"""A forward and a backward: y against the library's, then every gradient against its numeric one.

Forward comes first, on the same inputs. If it agrees, the numeric gradient of the library's forward is that of the student's too,
and `gradcheck` compares the student's gradients with it, every entry.
"""

from types import SimpleNamespace

from minilora.course.compare import unequal, unlike
from minilora.course.formulas import formulas, tag_of, tags_in, upstream
from minilora.course.levels import PAIR, gradient_ladder, ladder
from minilora.course.result import Failure
from minilora.gradcheck import check
from minilora.gradcheck.clues import cache_names
from minilora.gradcheck.finding import Cause, entry_name


def judge_pair(exercise, student, inputs, constants, lines, seed):
    """(failures, levels) on one set of inputs. Appends to the report's lines as it goes: a StudentProblem may end it anywhere."""
    pair = exercise.pair
    expected, _ = pair.forward(**inputs, **constants)
    y, _ = student.run(inputs, constants)
    number = [tag for tag in tags_in(pair.forward) if tag.startswith("F")][-1]
    name, tag = formulas(exercise.module)[number].left, exercise.tag(number)
    misfit = unlike(name, y, expected)
    problem = misfit or unequal(name, y, expected)
    lines.append(f"  {tag}  {problem or f'{name}  right'}")
    if problem:
        return [Failure(name, tag, f"{tag}  {problem}")], ladder(PAIR, "shape" if misfit else "forward", problem)

    report = _checked(pair, student, inputs, constants, seed)
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
    return failures, gradient_ladder({entry_name(n): (r.analytic, r.numeric, r.ok) for n, r in report.inputs.items()})


def _checked(pair, student, inputs, constants, seed):
    """gradcheck's Report on the library's forward and the student's backward."""
    names = cache_names(pair.forward)

    def forward(**given):
        y, cache = pair.forward(**given)
        kept = dict(zip(names, cache, strict=True)) if names else {"kept": cache}
        return y, SimpleNamespace(given=given, **kept)

    def backward(dy, cache):
        given = cache.given  # the library's own cache is there for the diagnosis alone
        arrays, numbers = ({name: given[name] for name in kind} for kind in (inputs, constants))
        return student.run(arrays, numbers, dy)[1]

    return check(forward, backward, inputs, constants, rng=seed)


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
