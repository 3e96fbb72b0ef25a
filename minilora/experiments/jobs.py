"""Many small runs side by side: each is a file when it is done, so that what was cut off goes on from there."""

import contextlib
import hashlib
import json
import os
import warnings
from functools import cache
from pathlib import Path

import joblib
import threadpoolctl
from tqdm import tqdm

from minilora import backend, files
from minilora.training.versions import versions

PACKAGE = Path(__file__).parents[1]


def run_jobs(function, jobs, folder, n_jobs=1, parallel=None, label="jobs", progress=True, given=None, fingerprint=None):
    """{name: function(**options, **given)} for each {name: options} in `jobs`, in that order.

    function: at the top level of a module, gives plain data. options: plain data. A result is kept as folder/NAME.json with its
    options, versions and a hash of the code, and is read from there if it is there already; a warning says if it was made by
    others. given: what all jobs are handed besides, and is not part of what they are, such as a folder. fingerprint: of what is
    given, a function(**given) -> str; a job whose ground has changed under it gives no result. n_jobs: processes at a time; -1
    for one a core. parallel: the name of a joblib backend; None for processes of this machine. Every job computes with one BLAS
    thread and draws from its own seed, so neither changes a number. ValueError for a backend that cannot be had, or a file of
    another job.
    """
    folder, given = Path(folder), given or {}
    with threadpoolctl.threadpool_limits(1):  # as in every job
        ground = None if fingerprint is None else fingerprint(**given)
    kept = {name: _kept(folder, name, options, ground) for name, options in jobs.items()}
    missing = {name: options for name, options in jobs.items() if kept[name] is None}
    _announce([record for record in kept.values() if record], folder)
    run_one = joblib.delayed(_run)
    work = (run_one(function, folder, name, options, given, fingerprint, ground) for name, options in missing.items())
    with tqdm(total=len(jobs), initial=len(jobs) - len(missing), desc=label, unit="job", disable=not progress) as bar:
        if missing:
            # One BLAS thread here too: the jobs may be threads of this process, and would lift each other's limit.
            with workers(parallel, n_jobs) as run, threadpoolctl.threadpool_limits(1):
                for _ in run(work):
                    bar.update()
    return {name: _kept(folder, name, options, ground)["result"] for name, options in jobs.items()}


@contextlib.contextmanager
def workers(parallel=None, n_jobs=1):
    """joblib's Parallel on a backend. ValueError for a number of jobs or a backend that cannot be had."""
    if n_jobs < 1 and n_jobs != -1:
        raise ValueError(f"jobs must be 1 or more, or -1 for one a core, got {n_jobs}")
    with contextlib.ExitStack() as stack:
        try:
            if parallel == "dask":
                from distributed import Client  # registers itself with joblib

                stack.enter_context(Client(n_workers=joblib.effective_n_jobs(n_jobs), threads_per_worker=1))
            stack.enter_context(joblib.parallel_config(backend=parallel or "loky", n_jobs=n_jobs))
            run = joblib.Parallel(return_as="generator_unordered")
        except (ValueError, ImportError) as error:
            raise ValueError(f"joblib cannot run on {parallel!r} here ({error}); take loky or threading") from error
        yield run


def _run(function, folder, name, options, given, fingerprint, ground):
    backend.tune_memory()
    with threadpoolctl.threadpool_limits(1):
        if fingerprint is not None and fingerprint(**given) != ground:
            raise RuntimeError(f"what {name} stands on was changed while it waited")
        record = {"options": options, "ground": ground, "versions": made_with(), "result": function(**options, **given)}
        files.save_json(_path(folder, name), record)


def made_with():
    """Versions, and a hash of the package's code."""
    return versions() | {"code": _code()}


@cache
def _code():
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _announce(records, folder):
    with threadpoolctl.threadpool_limits(1):
        now = made_with()
    then = [record["versions"] for record in records]
    changed = {f"{key} {made.get(key)}, now {now[key]}" for made in then for key in now if made.get(key) != now[key]}
    if changed:
        warnings.warn(f"{folder}: some results were made with {'; '.join(sorted(changed))}", stacklevel=3)


def _kept(folder, name, options, ground):
    """The record of a job that is done; None if there is none that is whole. ValueError if the file is of another job."""
    path = _path(folder, name)
    if not path.exists():
        return None
    try:
        record = files.load_json(path)
    except files.FileError:
        return None
    if not isinstance(record, dict) or {"options", "ground", "versions", "result"} - record.keys():
        return None
    if record["options"] != json.loads(json.dumps(options)) or record["ground"] != ground:
        raise ValueError(f"{path} is of a job with other settings, or on another base: use another folder")
    return record


def _path(folder, name):
    return folder / f"{name.replace(os.sep, '_')}.json"
