"""What `minilora exercise list|start|check|hint|solution` does: the student's folder, a file an exercise, and progress."""

import inspect
import textwrap
import tomllib
from pathlib import Path

from minilora import files
from minilora.course import judge
from minilora.course.catalogue import CATALOGUE, exercise_folder, find
from minilora.course.formulas import formulas, tags_in

FOLDER = "my_exercises"
WIDTH = 100  # characters a line of a hint
PROGRESS = ".progress.json"  # {"02a": {"hints": 1, "solved": false}}


def start(exercise, folder=FOLDER, force=False):
    """Copy the stub into the student's folder and return its path. FileExistsError where it is there already, unless `force`."""
    exercise = find(exercise)
    target = Path(folder) / exercise.filename
    if target.exists() and not force:
        raise FileExistsError(f"{target} exists already; work on it, or start again with --force, which replaces it")
    files.save_text(target, files.load_text(exercise_folder() / exercise.filename))
    _note(folder, exercise, solved=False)
    return target


def check_exercise(exercise, folder=FOLDER, seconds=60):
    """Judge the student's file: a course.result.Result with `ok` and `report`. FileNotFoundError if it was not started."""
    exercise = find(exercise)
    file = Path(folder) / exercise.filename
    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}; `minilora exercise start {exercise.id}` makes it")
    result = judge.judge(exercise, file, seconds)
    _note(folder, exercise, solved=result.ok)
    return result


def hint(exercise, n=None, folder=FOLDER):
    """The n-th hint (1, 2, ...) as text; without n the next one, and after the last the last again. ValueError for another n."""
    exercise = find(exercise)
    texts = hints(exercise)
    count = len(texts)
    if n is None:
        n = min(_progress(folder).get(exercise.id, {}).get("hints", 0) + 1, count)
        _note(folder, exercise, hints=n)
    if not 1 <= n <= count:
        raise ValueError(f"hint must be between 1 and {count}, got {n}")
    kind, text = list(texts.items())[n - 1]
    if kind in ("symptom", "cause"):
        text = "\n".join(textwrap.fill(line, WIDTH) for line in text.splitlines())
    more = "the same command gives the next" if n < count else "there are no more"
    return f"{exercise.id}, hint {n} of {count}: {kind} ({more})\n\n{text}"


def hints(exercise):
    """All hints of an Exercise, each saying more: symptom and cause, which are written, then the formulas, then the solution."""
    written = tomllib.loads(files.load_text(exercise_folder() / "hints.toml"))[exercise.id]
    known = formulas(exercise.module)
    asked = [known[tag] for tag in tags_in(exercise.functions[-1]) if tag in known]
    return {
        "symptom": written["symptom"],
        "cause": written["cause"],
        "formula": "\n".join(map(str, asked)),
        "solution": "\n\n\n".join(inspect.getsource(function).rstrip() for function in exercise.functions),
    }


def solution(exercise):
    """The text of the solution."""
    exercise = find(exercise)
    return files.load_text(exercise_folder() / "solutions" / exercise.filename)


def listing(folder=FOLDER):
    """[(id, title, status)] of all exercises; status is "not started", "started" or "solved"."""
    progress = _progress(folder)
    rows = []
    for exercise in CATALOGUE.values():
        started = (Path(folder) / exercise.filename).is_file()
        solved = started and progress.get(exercise.id, {}).get("solved", False)
        rows.append((exercise.id, exercise.title, "solved" if solved else "started" if started else "not started"))
    return rows


def _progress(folder):
    path = Path(folder) / PROGRESS
    return files.load_json(path) if path.is_file() else {}


def _note(folder, exercise, **facts):
    progress = _progress(folder)
    progress[exercise.id] = {**progress.get(exercise.id, {}), **facts}
    files.save_json(Path(folder) / PROGRESS, progress)
