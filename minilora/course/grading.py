"""Grades for a folder of submissions: every answer judged in a process of its own, several at a time.

What an answer gets is the weight of its exercise times the share of the level that it reached; by default all if it is right and
nothing below. An answer that calls the library's solution gets nothing. A result is kept by the content of the file, so that a
run that was cut off, or a submission handed in again, costs only what is new. An answer whose code is the library's, word for
word, is marked as a copy, and one that uses what its stub has no use for is told with it; what that means is the instructor's to
say.
"""

import hashlib
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from minilora import files
from minilora.course import levels
from minilora.course.catalogue import CATALOGUE, find
from minilora.course.copies import is_copy, unusual
from minilora.course.judge import judge
from minilora.course.submissions import collect
from minilora.course.text import printable
from minilora.experiments.jobs import run_jobs

SEED = "seed.json"
NOTHING = {"reached": [], "failures": [], "copied": False, "uses": [], "isolated": []}  # known of an answer that was not judged


@dataclass(frozen=True)
class Scheme:
    """What counts: `weights` {exercise id: points}, `shares` {level: share of the points for having reached it}."""

    weights: dict
    shares: dict

    def points(self, exercise, record):
        """The points of one record of `grade`."""
        if record["kind"] == "borrowed":
            return 0.0
        share = 1.0 if record["kind"] == "right" else max([self.shares.get(name, 0.0) for name in record["reached"]], default=0.0)
        return self.weights[exercise] * share


def read_scheme(path):
    """The Scheme of a TOML file. files.FileError for one that cannot be used.

        [weights]           points for each exercise that counts
        02a = 2
        [levels]            optional: the share of the points for an answer that got that far and no farther
        forward = 0.25
    """
    try:
        told = tomllib.loads(files.load_text(path))
    except tomllib.TOMLDecodeError as error:
        raise files.FileError(f"{path}: is not TOML ({error})") from error
    weights, shares = told.get("weights"), told.get("levels", {})
    if not isinstance(weights, dict) or not weights:
        raise files.FileError(f"{path}: needs a table [weights], with a line such as 02a = 2 for each exercise that counts")
    if not isinstance(shares, dict) or told.keys() - {"weights", "levels"}:
        raise files.FileError(f"{path}: may hold the tables [weights] and [levels], got {', '.join(told)}")
    return Scheme(_numbers(path, "weights", weights, CATALOGUE, 1000), _numbers(path, "levels", shares, levels.PAIR, 1))


def _numbers(path, table, values, known, largest):
    for name, value in values.items():
        if name not in known:
            raise files.FileError(f"{path}: [{table}] has {name!r}; choose from {', '.join(known)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= largest:
            raise files.FileError(f"{path}: [{table}] {name} must be a number between 0 and {largest}, got {value!r}")
    return {name: float(value) for name, value in values.items()}


def grade(folder, out, scheme=None, seconds=60, jobs=-1, seed=None):
    """{"students": [...], "exercises": {id: weight}, "seed", "isolated", "left_out"}, plain data, each answer's kept in `out`.

    scheme: None counts every exercise that anybody handed in, one point each. seconds: for each answer. seed: of the inputs that
    answers are tried on; None draws one that no student can know, and keeps it in `out`. files.FileError as `collect`, and for
    an `out` among the submissions, where it would be taken for one.
    """
    if Path(out).resolve().is_relative_to(Path(folder).resolve()):
        raise files.FileError(f"{out}: lies in the folder of submissions; choose another folder for the grades")
    submissions, left_out = collect(folder)
    if scheme is None:
        handed_in = {id for submission in submissions for id in (*submission.answers, *submission.refused)}
        scheme = Scheme({id: 1.0 for id in CATALOGUE if id in handed_in}, {})
    seed = _seed(Path(out), seed)
    work, names, paths = {}, [{} for _ in submissions], {}
    for submission, jobs_of in zip(submissions, names, strict=True):
        for id, path in submission.answers.items():
            if id in scheme.weights:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                jobs_of[id] = name = f"{id}-{digest}-{seed}-{seconds:g}"
                work[name] = {"exercise": id, "digest": digest, "seconds": seconds, "seed": seed}
                paths[digest] = str(path)
    records = run_jobs(judge_answer, work, Path(out) / "answers", jobs, given={"paths": paths}, label="answers")
    students = [
        _graded(submission, scheme, {id: records[name] for id, name in jobs_of.items()})
        for submission, jobs_of in zip(submissions, names, strict=True)
    ]
    isolated = [set(record["isolated"]) for record in records.values() if record["isolated"]]
    return {
        "students": students,
        "exercises": scheme.weights,
        "seed": seed,
        "isolated": sorted(set.intersection(*isolated)) if isolated else [],
        "left_out": left_out,
    }


def judge_answer(exercise, digest, seconds, seed, paths):
    """One answer's record, plain data. A failure of the judge itself is told, and costs the others nothing."""
    try:
        result = judge(find(exercise), paths[digest], seconds, seed, borrowing=False)
    except Exception as error:
        told = f"the judge could not go on: {type(error).__name__}: {error}"
        return NOTHING | {"kind": "failed", "report": printable(told)}
    return {
        "copied": is_copy(find(exercise), paths[digest]),
        "uses": unusual(find(exercise), paths[digest]),
        "kind": result.kind,
        "reached": [level.name for level in result.levels if level.reached],
        "report": result.report,
        "failures": [failure.tag for failure in result.failures],
        "isolated": list(result.isolated),
    }


def _graded(submission, scheme, records):
    exercises = {}
    for id, weight in scheme.weights.items():
        name = CATALOGUE[id].filename
        record = NOTHING | {"kind": "missing", "report": f"{name} was not handed in"}
        if id in submission.refused:
            record |= {"kind": "refused", "report": f"{name} was not run: {submission.refused[id]}"}
        elif id in submission.answers:
            record = records[id]
        kept = {key: value for key, value in record.items() if key != "isolated"}
        exercises[id] = kept | {"points": scheme.points(id, record), "of": weight}
    points = sum(record["points"] for record in exercises.values())
    return {"student": submission.student, "points": points, "of": sum(scheme.weights.values()), "exercises": exercises}


def _seed(out, seed):
    path = out / SEED
    if seed is None and path.is_file():
        return files.load_json(path)["seed"]
    seed = secrets.randbelow(1 << 31) if seed is None else seed
    files.save_json(path, {"seed": seed})
    return seed
