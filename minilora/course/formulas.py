"""The formulas in a module's header: `(B2)  dW = sum over rows  dy^T x`, its tag, its left side, its right side."""

import ast
import importlib.util
import inspect
import re
from dataclasses import dataclass, replace

TAG = re.compile(r"\(([A-Z]\d+)\)")
LINE = re.compile(  # "    backward  (B2)  dW = dy^T x"; the left side may be missing, as in a table of scores
    r"^(?P<before>\s+[^()]*\((?P<tag>[A-Z]\d+)\)\s+)(?:(?P<left>\S[^=]*?)(?P<equals>\s*[~<]?=\s+))?(?P<right>\S.*)$"
)
SHAPE = re.compile(r"\s{2,}\([^()]*\)$")  # a shape at the end of a line: two blanks, then "(N, H, T, S)"


@dataclass(frozen=True)
class Formula:
    """One line of a header."""

    tag: str  # "B2"
    left: str  # "dW"; empty where the line has no "="
    right: str  # "sum over rows  dy^T x", a shape behind it included

    def __str__(self):
        return f"({self.tag})  {self.left} = {self.right}" if self.left else f"({self.tag})  {self.right}"


def cited_name(module):
    """What stands before the colon of a tag: the file's name; with its folder's where ops has a file of the same name."""
    folder, name = module.__name__.rsplit(".", 2)[-2:]
    taken = folder != "ops" and importlib.util.find_spec(f"minilora.ops.{name}")
    return f"{folder}.{name}" if taken else name


def header(module):
    """A module's docstring as it stands in the source: since Python 3.13, `__doc__` has lost its indentation."""
    return ast.get_docstring(ast.parse(inspect.getsource(module)), clean=False)


def formulas(module):
    """{tag: Formula} of a module's header, in order; a formula may go on in lines that stand farther in than its tag."""
    found, last, column = {}, None, 0
    for line in header(module).splitlines():
        match = LINE.match(line)
        if match:
            last, column = match["tag"], match.start("tag")
            found[last] = Formula(last, match["left"] or "", match["right"])
        elif last and line.strip() and _indent(line) > column:
            found[last] = replace(found[last], right=f"{found[last].right}\n{line.rstrip()}")
        else:
            last = None
    return found


def _indent(line):
    return len(line) - len(line.lstrip())


def tags_in(function):
    """The tags that stand in a function's source, in order, each once."""
    return list(dict.fromkeys(TAG.findall(inspect.getsource(function))))


def tag_of(name, function):
    """The tag of the formula that computes `name` in `function`: of its tags, the one with that left side, or None."""
    known = formulas(inspect.getmodule(function))
    return next((tag for tag in tags_in(function) if tag in known and known[tag].left == name), None)


def upstream(tag, known):
    """The tags of the intermediate gradients that a formula is computed from, nearest first."""
    found, queue = [], [tag]
    while queue:
        names = re.findall(r"\w+", SHAPE.sub("", known[queue.pop(0)].right))
        nearest = [f.tag for f in known.values() if f.tag.startswith("B") and f.left in names and f.tag not in (tag, *found)]
        found += nearest
        queue += nearest
    return found


def cut(header, hidden):
    """The header without the right-hand sides of the formulas for whose tag hidden(tag) is true; shapes behind them stay."""
    lines, column = [], None
    for line in header.split("\n"):
        match = LINE.match(line)
        if column is not None and not match and line.strip() and _indent(line) > column:
            continue  # a formula's second line
        column = None
        if match and hidden(match["tag"]):
            column = match.start("tag")
            shape = SHAPE.search(line)
            line = match["before"] + (match["left"] or "") + (match["equals"] or "") + "..." + (shape[0] if shape else "")
        lines.append(line)
    return "\n".join(lines)
