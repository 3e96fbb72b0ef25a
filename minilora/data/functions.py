"""Questions and summaries in miniature, on real text: the functions of the standard library, as its files define them.

Both take the functions and methods of `library_files`, but none within a function or a condition. No prompt occurs twice, and
a file is in train or held out, never in both. Reading takes two seconds. FileError where Python came without its sources.
"""

import ast
import re

from minilora.data.corpora import keep_characters, library_files
from minilora.data.folds import hold_out
from minilora.data.task import Task

NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
END_OF_SENTENCE = re.compile(r"\.(?=\s+[^a-z\s]|\s*$)|\n\s*\n")  # "e.g. this" goes on
SHORTEST_SENTENCE = 20  # characters: below it stands a title more often than a sentence


def questions(max_chars=128, held_out=0.1, rng=0):
    """A Task of question answering: what is the default of this argument? The answer stands in the prompt, among others.

        "index(self, value, start=0, stop=None) stop?"  ->  "None\\n"

    Signatures have two different defaults or more, so that the question counts; each argument with a default is asked for.
    Pairs have up to max_chars characters. In Python 3.11: about 1,780 questions on 590 signatures; "None" is right for two
    in five, which is what a model scores that does not read.
    """
    pairs = {}
    for path, function in _functions():
        defaults = _defaults(function.args)
        if len({*defaults.values()}) > 1:
            signature = f"{function.name}({ast.unparse(function.args)})"
            for name, default in defaults.items():
                _add(pairs, f"{signature} {name}?", f"{default}\n", path, max_chars)
    return _task("questions", pairs, "defaults in the signatures of the standard library's functions", held_out, rng)


def summaries(max_chars=128, held_out=0.1, rng=0):
    """A Task of summarisation, down to a name: the words of a function's name from the first sentence of its docstring.

        "Return the canonical path of the specified filename"  ->  "realpath\\n"

    The shortest of summaries, as Allamanis et al. (2016, arXiv 1602.03001) asked for of the code itself. Words are in lower
    case, parted at underscores and capitals. Names with two leading underscores are left out, and sentences under 20
    characters; pairs have up to max_chars characters. In Python 3.11: about 4,600 pairs. A name is one choice of many: expect
    a low exact match, and compare losses.
    """
    pairs = {}
    for path, function in _functions():
        sentence = " ".join(END_OF_SENTENCE.split(ast.get_docstring(function) or "", maxsplit=1)[0].split())
        name = " ".join(NAME_PART.findall(function.name)).lower()
        if len(sentence) >= SHORTEST_SENTENCE and name and not function.name.startswith("__"):
            _add(pairs, f"{sentence}\n", f"{name}\n", path, max_chars)
    return _task("summaries", pairs, "first sentences in the docstrings of the standard library's functions", held_out, rng)


def _functions():
    """(path, definition) of every function and method, in the order of the files."""
    for path, text in library_files().items():
        try:
            module = ast.parse(text)
        except SyntaxError:
            continue  # a template, not a module
        yield from ((path, function) for function in _defined_in(module.body))


def _defined_in(body):
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _defined_in(node.body)


def _defaults(arguments):
    """{name: default, as written} of the arguments that have one."""
    positional = arguments.posonlyargs + arguments.args
    named = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
    named += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {argument.arg: ast.unparse(default) for argument, default in named if default is not None}


def _add(pairs, prompt, answer, path, max_chars):
    """Keep the first of equal prompts, if it is short enough and of DEMO_ALPHABET."""
    text = prompt + answer
    if len(text) <= max_chars and prompt not in pairs and keep_characters(text) == text:
        pairs[prompt] = (answer, path)


def _task(name, pairs, source, held_out, rng):
    paths = [path for _, path in pairs.values()]
    rows = [(prompt, answer) for prompt, (answer, _) in pairs.items()]
    numbers = {path: i for i, path in enumerate(dict.fromkeys(paths))}
    train, held = hold_out(len(rows), held_out, paths, rng)
    groups = tuple(numbers[paths[i]] for i in train)
    return Task(name, [rows[i] for i in train], [rows[i] for i in held], source, groups=groups)
