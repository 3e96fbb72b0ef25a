"""`minilora explain linear:B2`: a formula's derivation in short, its code, its check now, its exercise and its lesson."""

import difflib
import re

import numpy as np

from minilora.course.coverage import CITED, PACKAGE, all_tags, checks, exercises_asking, lessons_citing, ops_using
from minilora.gradcheck import check

LONGEST = 16  # lines of a derivation
PLAIN = (  # of TeX, for the terminal; in this order, each until nothing changes
    (r"\\(?:begin|end)\{[^}]*\}|\\(?:left|right|[bB]igg?[lr]?|quad|qquad|displaystyle|limits)(?![a-z])|\\[,;! ]", " "),
    (r"([_^])\{([^{}]*)\}", r"\1\2"),
    (r"\\(?:texttt|text|mathrm|mathbf|operatorname|hat|bar|mathbb)\{([^{}]*)\}", r"\1"),
    (r"\\(?:under|over)(?:set|brace)\{([^{}]*)\}(?:\{([^{}]*)\})?", r"\2\1"),
    (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\\partial\s*", "d"),
    (r"\\[lr]Vert", "|"),
    (r"\\Rightarrow|\\implies", "=>"),
    (r"\\to(?![a-z])", "->"),
    (r"\\geq?(?![a-z])", ">="),
    (r"\\leq?(?![a-z])", "<="),
    (r"\\(?:cdot|times|odot)(?![a-z])", "*"),
    (r"\$", ""),
    (r"\\top", "T"),
    (r"\\(sum|prod)", r" \1"),
    (r"\\([a-zA-Z]+)", r"\1"),
    (r"[{}]|\\\\", " "),
)


def explain(tag):
    """The text for a tag such as "linear:B2", or for a module's name all its formulas. ValueError with the nearest names."""
    known = all_tags()
    if tag in known:
        return _one(known[tag])
    inside = [t for t in known.values() if t.tag.rsplit(":", 1)[0] == tag]
    if inside:
        return "\n".join(f"{t.tag:<{len(tag) + 5}}{t.formula.left} = {t.formula.right}" for t in inside)
    near = difflib.get_close_matches(tag, [*known, *{t.rsplit(":", 1)[0] for t in known}], 3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`minilora explain` lists all"
    raise ValueError(f"no formula has the tag {tag!r}; {hint}")


def _one(tagged):
    exercises, ops = exercises_asking(tagged), ops_using(tagged)
    home = {thing.lesson for thing in (*exercises, *ops)}  # the lesson that derives it; others may mention it
    lessons = sorted(lessons_citing().get(tagged.tag, []), key=lambda lesson: lesson.name[:2] not in home)
    path = PACKAGE.joinpath(*tagged.module.split(".")[1:]).with_suffix(".py").relative_to(PACKAGE.parent)
    parts = [f"{tagged.tag}    {tagged.formula.left} = {tagged.formula.right}"]
    if lessons:
        text = derivation(lessons[0].read_text("utf-8"), tagged.tag)
        parts.append(f"derivation, from lessons/{lessons[0].name}\n{_indented(text)}")
    parts.append("code\n" + _indented("\n".join(f"{path}:{number}  {line}" for number, line in tagged.lines)))
    parts.append("check\n" + _indented(_check(tagged)))
    asked = [f"minilora exercise start {exercise.id}    {exercise.title}" for exercise in exercises]
    parts.append("exercise\n" + _indented("\n".join(asked) or "none asks for it"))
    parts.append("lesson\n" + _indented("\n".join(f"lessons/{lesson.name}" for lesson in lessons) or "none yet"))
    return "\n\n".join(parts)


def _check(tagged):
    """The verdict of a check that runs now, or the tests that make it."""
    ops = ops_using(tagged)
    lines = []
    for op in ops:
        report = check(op.forward, op.backward, op.make_inputs(np.random.default_rng(0)), op.constants)
        name = tagged.formula.left.removeprefix("d")
        part = report.inputs.get(name) if tagged.number.startswith("B") else None
        what, error, ok = (f"d{name}", part.error, part.ok) if part else ("all gradients", report.max_error, report.ok)
        lines.append(f"{op.name}: {what} against numeric gradients now: largest error {error:.1e}, {'ok' if ok else 'FAIL'}")
    return "\n".join(lines) or f"no gradient of its own; its test is {checks(tagged) or 'its exercise'}"


def derivation(lesson, tag):
    """The paragraphs of a lesson's text that derive a formula, in plain letters: from its first mention to the next formula's."""
    prose = re.sub(r"^```.*?^```$|\A---.*?^---$|<!--.*?-->", "", lesson, flags=re.MULTILINE | re.DOTALL)
    paragraphs = [p.strip() for p in re.split(r"\n\s*\n", prose) if p.strip()]
    cited = [n for n, p in enumerate(paragraphs) if f"`{tag}`" in p]
    derived = [n for n in cited if re.match(rf"\*\*[^*]*`{re.escape(tag)}`", paragraphs[n])]  # **The weight, `linear:B2`.**
    if not cited:
        return "(shown in its code)"
    first = begin = (derived or cited)[0]
    while not derived and begin and paragraphs[begin - 1].startswith("$$"):  # the formula, and then its tag
        begin -= 1
    lines = "\n\n".join(map(_plain, paragraphs[begin : first + 1])).splitlines()
    for paragraph in paragraphs[first + 1 :]:
        if paragraph.startswith("#") or set(CITED.findall(paragraph[:200])) - {tag} or len(lines) > LONGEST:
            break
        lines += ["", *_plain(paragraph).splitlines()]
    return "\n".join(lines[:LONGEST]) + ("\n..." if len(lines) > LONGEST else "")


def _plain(text):
    text = re.sub(r"\*\*|(?<!\w)\*|\*(?!\w)", "", text)
    for pattern, plain in PLAIN:
        changes = 1
        while changes:
            text, changes = re.subn(pattern, plain, text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip(" &"))


def _indented(text):
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
