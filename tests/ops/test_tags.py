"""Each formula's tag stands in three places: the header of its module, a line of its code, and a lesson.

Tags whose lesson is still to be written stand in tests/untaught.txt, one `module:TAG` a line, sorted. The list only shrinks.
"""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TAG = re.compile(r"\(([FB]\d+)\)")
CITED = re.compile(r"(?<![\w.])([a-z_0-9]+:[FB]\d+)\b")  # training.adalora:F1 is no op's
SOURCES = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "minilora" / "ops").glob("[!_]*.py"))}


def header_tags(source):
    """The tags in the module's docstring, as often as they stand there."""
    first = next(t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.STRING)
    return TAG.findall(first.string)


def code_tags(source):
    """The tags in comments that share a line with code."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    comments = [t for t in tokens if t.type == tokenize.COMMENT and t.line.split("#")[0].strip()]
    return {tag for comment in comments for tag in TAG.findall(comment.string)}


def tag_faults(source):
    """What is wrong between the header and the code of one module."""
    header, code = header_tags(source), code_tags(source)
    faults = [f"{tag} stands twice in the header" for tag in sorted(set(header)) if header.count(tag) > 1]
    faults += [f"{tag} stands in the header and on no code line" for tag in sorted(set(header) - code)]
    return faults + [f"{tag} stands on a code line and not in the header" for tag in sorted(code - set(header))]


def lesson_faults(tags, cited, listed):
    """What is wrong between all tags, those that lessons cite, and the list of those still to be taught."""
    faults = [f"{tag}: a lesson cites it, take it off the list" for tag in sorted(cited & set(listed))]
    faults += [f"{tag}: no lesson cites it" for tag in sorted(tags - cited - set(listed))]
    faults += [f"{tag}: listed, but there is no such tag" for tag in sorted(set(listed) - tags)]
    faults += [f"{tag}: a lesson cites it, but there is no such tag" for tag in sorted(cited - tags)]
    return faults + ([] if listed == sorted(set(listed)) else ["the list is not sorted, or names a tag twice"])


@pytest.mark.parametrize("module", SOURCES)
def test_header_and_code_have_the_same_tags(module):
    assert tag_faults(SOURCES[module]) == []


def test_every_op_module_has_tags():
    assert [name for name, source in SOURCES.items() if not header_tags(source)] == ["form"]


def test_every_tag_is_taught_or_listed():
    tags = {f"{module}:{tag}" for module, source in SOURCES.items() for tag in header_tags(source)}
    lessons = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "lessons").glob("*.md")))
    listed = (ROOT / "tests" / "untaught.txt").read_text("utf-8").split()
    cited = {tag for tag in CITED.findall(lessons) if tag.split(":")[0] in SOURCES}
    assert lesson_faults(tags, cited, listed) == []


PLANTED = '''"""Twice.

    forward   (F1)  y  = 2 x
    backward  (B1)  dx = 2 dy
"""

def twice_forward(x):
    return x + x, ()    # (F1)
'''


def test_a_tag_without_code_or_without_a_header_is_noticed():
    assert tag_faults(PLANTED) == ["B1 stands in the header and on no code line"]
    assert tag_faults(PLANTED + "# (B1) in a comment of its own is no code line\n") == tag_faults(PLANTED)
    assert tag_faults(PLANTED + "dx = 2 * dy  # (B1)\n") == []
    assert tag_faults(PLANTED + "dx = 2 * dy  # (B1) (B2)\n") == ["B2 stands on a code line and not in the header"]
    assert tag_faults(PLANTED.replace("B1", "F1")) == ["F1 stands twice in the header"]


def test_the_list_only_shrinks():
    tags = {"linear:F1", "linear:B1", "relu:F1"}
    assert lesson_faults(tags, {"linear:F1"}, ["linear:B1", "relu:F1"]) == []
    assert lesson_faults(tags, {"linear:F1"}, ["linear:B1"]) == ["relu:F1: no lesson cites it"]
    assert lesson_faults(tags, tags, ["relu:F1"]) == ["relu:F1: a lesson cites it, take it off the list"]
    assert lesson_faults(tags, tags | {"relu:F9"}, []) == ["relu:F9: a lesson cites it, but there is no such tag"]
    assert lesson_faults(tags, tags, ["relu:F9"]) == ["relu:F9: listed, but there is no such tag"]
    assert lesson_faults(tags, set(), ["relu:F1", "linear:F1", "linear:B1"]) == ["the list is not sorted, or names a tag twice"]
