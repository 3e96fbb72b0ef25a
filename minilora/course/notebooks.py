"""Lessons into notebooks.

    python -m minilora.course.notebooks [NN ...]            writes them
    python -m minilora.course.notebooks --check [NN ...]    changes nothing, fails on a difference

Several at a time, each in a process of its own with one BLAS thread, and says at the end how long each took.

A lesson is a Jupytext Markdown file, the one source. Writing brings the library source that it shows up to date, converts it,
executes it from a fresh kernel in an empty folder, and keeps the outputs. A notebook that has the lesson's inputs already, and
outputs, is left alone, so that pictures do not change with the machine (`--force` executes it all the same).

Checking regenerates the inputs in memory (cells, their order, kinds, ids and texts), fails with a diff on any difference, and
executes every lesson and fails on any error. It does not compare outputs: figures and last digits differ between machines.
"""

import argparse
import difflib
import os
import re
import sys
import tempfile
import time

import joblib
import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from tqdm import tqdm

from minilora import files
from minilora.course.catalogue import LESSONS, NOTEBOOKS
from minilora.course.source import with_source

SECONDS_A_CELL = 120
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}
NO_NETWORK = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")} | {"no_proxy": ""}  # nobody answers
INLINE = "module://matplotlib_inline.backend_inline"
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}  # so that cores change no number
ENVIRONMENT = {"PYTHONHASHSEED": "0", "MINILORA_BACKEND": "numpy", "MPLBACKEND": INLINE, **ONE_THREAD, **NO_NETWORK}


def convert(text):
    """The notebook of a lesson's text, not executed: ids from position, no metadata that changes from run to run."""
    notebook = jupytext.reads(text, fmt="md")
    notebook.metadata = {"kernelspec": notebook.metadata.get("kernelspec", {}), "language_info": LANGUAGE}
    notebook.nbformat, notebook.nbformat_minor = 4, 5  # the first version with ids
    for position, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{position:03d}", {}
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(" .noeval\n", "\n")
    return notebook


def execute(notebook):
    """Run every cell in a fresh kernel, in an empty folder, and keep the outputs. CellControlSignal if a cell fails or hangs."""
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # how the output was cut into pieces varies
            extra_arguments=["--log-level=40"],
            resources={"metadata": {"path": folder}},
        )
        client.execute(env={**os.environ, **ENVIRONMENT})
    notebook.metadata = {**notebook.metadata, "language_info": LANGUAGE}  # without the kernel's patch version
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


def inputs(notebook):
    """What a lesson determines of its notebook, as text for comparison: kind, id and source of every cell."""
    return [f"[{cell.cell_type} {cell.id}]\n{cell.source}\n" for cell in notebook.cells]


def difference(lesson):
    """A readable diff between a lesson and its notebook, library source included; empty if they agree."""
    text = files.load_text(lesson)
    current = with_source(text)
    if text != current:
        return _diff(text, current, lesson.name, "the library's source")
    written = notebook_path(lesson)
    if not written.is_file():
        return f"{written.name} is missing"
    before = "".join(inputs(nbformat.read(written, as_version=4)))
    return _diff(before, "".join(inputs(convert(current))), written.name, lesson.name)


def notebook_path(lesson):
    """notebooks/NN_topic.ipynb of lessons/NN_topic.md."""
    return NOTEBOOKS / f"{lesson.stem}.ipynb"


def lessons(numbers=()):
    """The lessons with these numbers (none: all), in order. ValueError names what there is."""
    found = sorted(LESSONS.glob("[0-9][0-9]_*.md"))
    missing = {n.zfill(2) for n in numbers} - {lesson.name[:2] for lesson in found}
    if missing:
        raise ValueError(f"no lesson {', '.join(sorted(missing))}; there are {', '.join(lesson.stem for lesson in found)}")
    return [lesson for lesson in found if not numbers or lesson.name[:2] in {n.zfill(2) for n in numbers}]


def write(lesson, force=False):
    """Bring a lesson's source blocks and its notebook up to date. True if the notebook was executed."""
    text = files.load_text(lesson)
    current = with_source(text)
    if text != current:
        files.save_text(lesson, current)
    if not force and not difference(lesson) and _has_outputs(notebook_path(lesson)):
        return False
    notebook = execute(convert(current))
    files.save_text(notebook_path(lesson), nbformat.writes(notebook) + "\n")
    return True


def check(lesson):
    """A problem in words, or an empty string: inputs compared, then executed."""
    problem = difference(lesson)
    if problem:
        return f"{problem}\n{lesson.name}: run `make notebooks`"
    execute(convert(files.load_text(lesson)))
    return ""


def _diff(before, after, before_name, after_name):
    return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), before_name, after_name, n=2))


def _has_outputs(path):
    """Whether it was executed to the end: every code cell has its number."""
    return all(cell.execution_count for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")


def main(arguments=None):
    """The command line. Returns the exit code: 0, or 1 where a lesson differs or fails, or 2 for a wrong argument."""
    parser = argparse.ArgumentParser(prog="python -m minilora.course.notebooks", description="Lessons into executed notebooks.")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="lessons, by number (default: all)")
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference or an error")
    parser.add_argument("--force", action="store_true", help="execute also what is up to date")
    parser.add_argument("--jobs", type=int, default=-1, metavar="N", help="lessons at a time; -1 is one a core (default: -1)")
    options = parser.parse_args(arguments)
    try:
        chosen = lessons(options.numbers)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    run = joblib.Parallel(options.jobs, backend="threading", return_as="generator_unordered")  # a kernel is a process already
    outcomes = {}
    with tqdm(total=len(chosen), unit="lesson", desc="notebooks") as bar:
        for outcome in run(joblib.delayed(_one)(lesson, options) for lesson in chosen):
            outcomes[outcome[0].name] = outcome
            bar.update()
            bar.set_postfix_str(outcome[0].stem)
    found = [outcomes[lesson.name] for lesson in chosen]
    problems = [problem for _, problem, _, _ in found if problem]
    for problem in problems:
        print(problem, file=sys.stderr)
    for lesson, _, executed, seconds in found:
        if executed:
            print(f"{lesson.stem:<30}{seconds:6.1f} s")
    executed = sum(was_executed for _, _, was_executed, _ in found)
    print(f"{len(chosen)} lessons: " + (f"{len(chosen) - len(problems)} right" if options.check else f"{executed} executed"))
    return 1 if problems else 0


def _one(lesson, options):
    """(lesson, problem in words or "", whether it was executed, seconds)."""
    began, problem, executed = time.perf_counter(), "", False
    try:
        if options.check:
            problem = check(lesson)
            executed = not problem
        else:
            executed = write(lesson, options.force)
    except (CellControlSignal, DeadKernelError, ValueError, AttributeError, ImportError) as error:
        problem = f"{lesson.name}: {_plain(error)}"
    return lesson, problem, executed, time.perf_counter() - began


def _plain(error):
    """The error's text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error))


if __name__ == "__main__":
    sys.exit(main())
