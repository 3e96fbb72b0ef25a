"""Exercises from the library: the stub that a student starts from, and the solution.

    python -m minilora.course.stubs [ID ...]        writes exercises/NNa_topic.py and exercises/solutions/NNa_topic.py

Both hold what the library's functions need and nothing more: imports, helpers, the maker of a pair's inputs. In the stub the
bodies are gone, and so are the right-hand sides of the formulas that are asked for: a pair's backward ones, all of a plain
function's. A test asks that the files equal what is written here.
"""

import ast
import inspect
import sys

from minilora import files
from minilora.course.catalogue import CATALOGUE, exercise_folder, find
from minilora.course.formulas import cut, formulas, header, tags_in
from minilora.ops import registry

TASK = """\
Exercise {id}, lesson {lesson}: {title}.
Write {functions}.{gap}{freedom}

    minilora exercise check {id}       tests this file
    minilora exercise hint {id}        one hint more, each time
"""
OF_A_PAIR = """\
What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all."""
OF_A_FUNCTION = "Arguments are valid here: you need not check them, and must not change them."


def stub(exercise):
    """The text of the file that a student starts from."""
    asked = {tag for function in exercise.functions for tag in tags_in(function)}
    hidden = (lambda tag: tag.startswith("B")) if exercise.pair else asked.__contains__
    names = " and ".join(function.__name__ for function in exercise.functions)
    text = cut(header(exercise.module), hidden).rstrip() + "\n\n" + TASK.format(
        id=exercise.id,
        lesson=exercise.lesson,
        title=exercise.title,
        functions=names,
        gap="\n" if len(names) > 48 else " ",  # long names leave no room behind them
        freedom=OF_A_PAIR if exercise.pair else OF_A_FUNCTION,
    )
    return _assemble(exercise, text, lambda name: _emptied(exercise, name))


def solution(exercise):
    """The text of the solution: the library's own."""
    return _assemble(exercise, header(exercise.module), lambda name: None)


def cases(exercise):
    """The registered ops that share the exercise's pair (with other constants or inputs), its own first; none for a function."""
    same = [op for op in registry.values() if (op.forward, op.backward) == exercise.functions]
    return sorted(same, key=lambda op: op.name != exercise.target)


def _assemble(exercise, docstring, replaced):
    """Docstring, imports and definitions, in the library's order; replaced(name) gives another text for a function, or None."""
    text = inspect.getsource(exercise.module)
    nodes = ast.parse(text).body[1:]
    functions = [*exercise.functions, *(op.make_inputs for op in cases(exercise))]
    kept = _needed([function.__name__ for function in functions], nodes)
    used = {name for node in kept for name in _names(node)}
    imports = [line for node in nodes if (line := _import(node, used))]
    blocks = [replaced(getattr(node, "name", None)) or _source(node, text) for node in kept]
    separators = ["\n\n\n" if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else "\n" for node in kept]
    separators[0] = max(separators[0], "\n\n", key=len)  # behind the imports
    body = "".join(separator + block for separator, block in zip(separators, blocks, strict=True))
    parts = [f'"""{docstring}"""', "\n\n" * bool(imports), _spaced(imports), body, "\n"]
    return "".join(parts)


def _needed(names, nodes):
    """The top-level definitions that `names` need, themselves included, in their order."""
    defined = {name: node for node in nodes for name in _defines(node)}
    found, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name in defined and name not in found:
            found.add(name)
            queue += _names(defined[name])
    return [node for node in nodes if found & set(_defines(node))]


def _defines(node):
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    return [target.id for target in node.targets] if isinstance(node, ast.Assign) else []


def _names(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _import(node, used):
    """The import statement with the names that are used, or None."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return None
    names = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in used]
    return ast.unparse(type(node)(**{**vars(node), "names": names})) if names else None


def _spaced(imports):
    """The imports, a blank line between the standard library's and ours."""
    ours = [line for line in imports if "minilora" in line]
    others = [line for line in imports if "minilora" not in line]
    return "\n\n".join("\n".join(group) for group in (others, ours) if group)


def _source(node, text):
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def _emptied(exercise, name):
    """The function with its signature and docstring, its formulas' left sides and an error; None for any other function."""
    function = {f.__name__: f for f in exercise.functions}.get(name)
    if function is None:
        return None
    node = ast.parse(inspect.getsource(function)).body[0]
    known = formulas(exercise.module)
    lines = inspect.getsource(function).splitlines()[: node.body[0].end_lineno]  # down to the docstring's end
    lines += [f"    # ({tag})  {known[tag].left} =".replace("   =", "") for tag in tags_in(function) if tag in known]
    lines.append(f'    raise NotImplementedError("{exercise.id}: write {name}")')
    return "\n".join(lines)


def main(ids=None):
    """Write the stubs and the solutions of these exercises; None: of all."""
    for exercise in map(find, ids or CATALOGUE):
        files.save_text(exercise_folder() / exercise.filename, stub(exercise))
        files.save_text(exercise_folder() / "solutions" / exercise.filename, solution(exercise))
        print(f"{exercise.id}: {exercise.filename} and its solution")


if __name__ == "__main__":
    main(sys.argv[1:])
