"""What `minilora exercise list|start|check|hint|solution` does: the student's folder, a file an exercise, and progress."""

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
    """Judge the student's file: a judge.Result with `ok` and `report`. FileNotFoundError if it was not started."""
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
    if n is None:
        n = min(_progress(folder).get(exercise.id, {}).get("hints", 0) + 1, len(texts))
        _note(folder, exercise, hints=n)
    if not 1 <= n <= len(texts):
        raise ValueError(f"hint must be between 1 and {len(texts)}, got {n}")
    more = "the same command gives the next" if n < len(texts) else f"what is left: minilora exercise solution {exercise.id}"
    lines = [textwrap.fill(line, WIDTH) for line in texts[n - 1].splitlines()]
    return f"{exercise.id}, hint {n} of {len(texts)} ({more})\n\n" + "\n".join(lines)


def hints(exercise):
    """All hints of an Exercise: the two that are written, then the right-hand sides of the backward formulas."""
    written = tomllib.loads(files.load_text(exercise_folder() / "hints.toml"))
    known = formulas(exercise.module)
    backward = [known[tag] for tag in tags_in(exercise.pair.backward) if tag in known]
    return [*written[exercise.id]["hints"], "\n".join(f"({f.tag})  {f.left} = {f.right}" for f in backward)]


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
