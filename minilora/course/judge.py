"""The verdict on a student's file, on every set of inputs of its exercise.

The student's process only returns arrays; what they are compared with is computed here.
"""

import inspect

import numpy as np

from minilora.course import levels
from minilora.course.inputs import INPUTS
from minilora.course.judge_function import judge_function
from minilora.course.judge_pair import judge_pair
from minilora.course.process import StudentProblem, StudentProcess
from minilora.course.result import Result
from minilora.course.stubs import cases
from minilora.course.text import printable

SEED = 0


def judge(exercise, file, seconds=60, seed=SEED, borrowing=True):
    """Check a student's file on every set of inputs of the exercise. Returns a Result; never raises for what the file does.

    seconds: for everything that the file does. seed: of the inputs. borrowing: whether the file may call the library's solution.
    """
    names = levels.PAIR if exercise.pair else levels.FUNCTION
    judge_set = judge_pair if exercise.pair else judge_function
    sets, lines, failures, problem = input_sets(exercise, seed), [f"{exercise.id}  {exercise.title}", ""], [], None
    library = "" if borrowing else exercise.module.__name__
    student = StudentProcess(file, [function.__name__ for function in exercise.functions], seconds, library)
    try:
        with student:
            for label, inputs, constants in sets:
                lines.append(f"{label}: {_shapes(inputs, constants)}")
                failures, ladder = judge_set(exercise, student, inputs, constants, lines, seed)
                lines.append("")
                if failures:
                    break
    except StudentProblem as told:
        problem, ladder = told, levels.ladder(names, "runs", told.args[0])
    if problem and lines[-1]:
        lines.append("")
    if student.printed:
        lines += ["your code printed:", student.printed.rstrip(), ""]
    kind = problem.kind if problem else "failed" if failures else "right"
    if kind != "unsolved":
        lines += [*map(str, ladder), ""]
    right = f"right, on {len(sets)} sets of inputs" if len(sets) > 1 else "right"
    verdict = str(problem) if problem else "not right yet" if failures else right
    return Result(exercise.id, kind, tuple(failures), ladder, printable("\n".join([*lines, verdict])), student.isolated)


def input_sets(exercise, seed=SEED):
    """[(label, arrays, constants)]. A pair: of each registered op with it, and again without each array that is optional."""
    if not exercise.pair:
        given = INPUTS[exercise.target].sets(np.random.default_rng(seed))
        return [(label, *_apart(arguments)) for label, arguments in given]
    sets = []
    optional = [p.name for p in inspect.signature(exercise.pair.forward).parameters.values() if p.default is None]
    for op in cases(exercise):
        inputs = op.make_inputs(np.random.default_rng(seed))
        sets.append((op.name, inputs, op.constants))
        sets += [(f"{op.name} without {name}", {**inputs, name: None}, op.constants) for name in optional if name in inputs]
    return sets


def _apart(arguments):
    """(arrays, everything else) of a function's arguments."""
    arrays = {name: value for name, value in arguments.items() if isinstance(value, np.ndarray)}
    return arrays, {name: value for name, value in arguments.items() if name not in arrays}


def _shapes(inputs, constants):
    """x (2, 3, 5), W (7, 5), b (7,), s 1.4"""
    arrays = [f"{name} {a.shape}" for name, a in inputs.items() if a is not None]
    return ", ".join(arrays + [f"{name} {value}" for name, value in constants.items()])
