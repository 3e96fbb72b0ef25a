"""Each formula's tag stands in its module's header and on a line of its code (and in a lesson: see test_coverage.py)."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TAG = re.compile(r"\(([FB]\d+)\)")
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


@pytest.mark.parametrize("module", SOURCES)
def test_header_and_code_have_the_same_tags(module):
    assert tag_faults(SOURCES[module]) == []


def test_every_op_module_has_tags():
    assert [name for name, source in SOURCES.items() if not header_tags(source)] == ["form"]


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
