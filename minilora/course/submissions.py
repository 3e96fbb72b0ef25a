"""A folder of submissions: one folder a student, the files somewhere in it under the exercises' names."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from minilora import files
from minilora.course.catalogue import CATALOGUE

LARGEST = 1 << 20  # bytes of an answer


@dataclass(frozen=True)
class Submission:
    """One student's files. `answers` {exercise id: path}; `refused` {exercise id: why its file is not run}."""

    student: str
    answers: dict
    refused: dict


def collect(folder):
    """[Submission] of the folders in `folder`, by name. files.FileError if there are none.

    A file counts where it has an exercise's name (02a_linear.py), in the student's folder or below it; of several, the one least
    deep. Links are not followed, so that no answer can show the grader another file.
    """
    folder = Path(folder)
    entries = list(os.scandir(folder)) if folder.is_dir() else []
    students = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False) and not e.name.startswith("."))
    if not students:
        raise files.FileError(f"{folder}: holds no submissions; give a folder that holds a folder for each student")
    return [_submission(folder / name) for name in students]


def _submission(folder):
    names = {exercise.filename: exercise.id for exercise in CATALOGUE.values()}
    answers, refused = {}, {}
    for place, below, found in os.walk(folder):  # from the top down, and not through links
        below.sort()
        for name in sorted(names.keys() & set(found)):
            exercise, path = names[name], Path(place) / name
            reason = _reason(path)
            if exercise in answers or (reason and exercise in refused):
                continue
            refused.pop(exercise, None)
            (refused if reason else answers)[exercise] = reason or path
    return Submission(folder.name, answers, refused)


def _reason(path):
    """Why a file is not run; empty if it is."""
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        return "it is a link, not a file" if stat.S_ISLNK(facts.st_mode) else "it is no ordinary file"
    return f"it has {facts.st_size:,} bytes, more than {LARGEST:,}" if facts.st_size > LARGEST else ""
