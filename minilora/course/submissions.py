"""A folder of submissions: one folder a student, the files somewhere in it under the exercises' names."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from minilora import files
from minilora.course.catalogue import CATALOGUE
from minilora.course.text import printable

LARGEST = 1 << 20  # bytes of an answer
DEEPEST = 20  # folders in folders


@dataclass(frozen=True)
class Submission:
    """One student's files. `answers` {exercise id: path}; `refused` {exercise id: why its file is not run}.

    `student` is the folder's name, with codes for what cannot be printed.
    """

    student: str
    answers: dict
    refused: dict


def collect(folder):
    """([Submission] of the folders in `folder`, [names of what else lies there]), by name. files.FileError if there are none.

    A file counts where it has an exercise's name (02a_linear.py), in the student's folder or below it; of several, the one least
    deep. Links are not followed, so that no answer can show the grader another file.
    """
    folder = Path(folder)
    entries = [e for e in os.scandir(folder) if not e.name.startswith(".")] if folder.is_dir() else []
    students = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
    if not students:
        raise files.FileError(f"{folder}: holds no submissions; give a folder that holds a folder for each student")
    others = sorted(printable(e.name, layout="") for e in entries if e.name not in students)
    return [_submission(folder / name) for name in students], others


def _submission(folder):
    names = {exercise.filename: exercise.id for exercise in CATALOGUE.values()}
    answers, refused = {}, {}
    for path in sorted(_named(folder, names), key=lambda path: (len(path.parts), path)):
        exercise, reason = names[path.name], _reason(path)
        if exercise in answers or (reason and exercise in refused):
            continue
        refused.pop(exercise, None)
        (refused if reason else answers)[exercise] = reason or path
    return Submission(printable(folder.name, layout=""), answers, refused)


def _named(folder, names):
    """The paths with one of these names in a folder or below it, at most DEEPEST folders down, and not through links."""
    for place, below, found in os.walk(folder):
        yield from (Path(place) / name for name in (*found, *below) if name in names)
        if len(Path(place).parts) - len(folder.parts) == DEEPEST:
            below.clear()


def _reason(path):
    """Why a file is not run; empty if it is."""
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        return "it is a link, not a file" if stat.S_ISLNK(facts.st_mode) else "it is no ordinary file"
    try:
        open(path, "rb").close()
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return f"it has {facts.st_size:,} bytes, more than {LARGEST:,}" if facts.st_size > LARGEST else ""
