"""Questions and summaries: made from real definitions, the answer where it can be found, no file on both sides."""

import pytest

from minilora.data import DEMO_ALPHABET, functions, questions, summaries

MADE_UP = {
    "a.py": '''
def f(x, y=1, *, z="two", w=None):
    """Return the sum of x and y. And more."""

def same(x=1, y=1):
    """Too short."""

class A:
    async def getHTTPName_2(self, é="é", p=0):
        """Return the name that a
        server has given

        and more"""

    def __secret__(self):
        """A sentence that is long enough."""
''',
    "b.py": '''
def f(x, y=1, *, z="two", w=None):
    """Return the sum of x and y. But another f."""

def _g(a, /, b=-1, c=()):
    """Do what g does, e.g. nothing: x.y stays"""
    def inner(p=1, q=2):
        """Nobody asks for what is within."""
''',
    "broken.py": "def f(:\n",
}
QUESTIONS = {
    "f(x, y=1, *, z='two', w=None) y?": "1\n",
    "f(x, y=1, *, z='two', w=None) z?": "'two'\n",
    "f(x, y=1, *, z='two', w=None) w?": "None\n",
    "_g(a, /, b=-1, c=()) b?": "-1\n",
    "_g(a, /, b=-1, c=()) c?": "()\n",
}
SUMMARIES = {
    "Return the sum of x and y\n": "f\n",
    "Return the name that a server has given\n": "get http name 2\n",
    "Do what g does, e.g. nothing: x.y stays\n": "g\n",
}


@pytest.fixture
def made_up(monkeypatch):
    monkeypatch.setattr(functions, "library_files", lambda: MADE_UP)


@pytest.mark.parametrize(("make", "expected"), [(questions, QUESTIONS), (summaries, SUMMARIES)])
def test_pairs_of_a_made_up_library(made_up, make, expected):
    task = make(held_out=0.5)
    assert dict(task.train + task.held_out) == expected and len(task.train + task.held_out) == len(expected)
    assert len(task.groups) == len(task.train) and len({*task.groups}) == 1  # a file each
    if make is questions:
        assert {prompt[0] for prompt, _ in task.train} & {prompt[0] for prompt, _ in task.held_out} == set()


def test_long_pairs_are_left_out(made_up):
    task = questions(max_chars=37, held_out=0.5)  # that of z is of 38
    assert {prompt for prompt, _ in task.train + task.held_out} == QUESTIONS.keys() - {"f(x, y=1, *, z='two', w=None) z?"}


@pytest.mark.parametrize("make", [questions, summaries])
def test_real_pairs(make):
    task = make()
    pairs = task.train + task.held_out
    assert len({prompt for prompt, _ in pairs}) == len(pairs) > 1000
    assert 0.05 < len(task.held_out) / len(pairs) < 0.2
    for prompt, answer in pairs:
        assert len(prompt + answer) <= 128 and {*prompt, *answer} <= {*DEMO_ALPHABET}
        assert answer.endswith("\n") and answer.strip() and prompt.strip()
        if make is questions:
            name = prompt.rsplit(" ", 1)[1].removesuffix("?")
            assert f"{name}={answer.strip()}" in prompt or f"{name}: " in prompt
