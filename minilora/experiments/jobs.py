"""Many small runs side by side: each is a file when it is done, so that what was cut off goes on from there."""

import json
import os
from pathlib import Path

import joblib
import threadpoolctl
from tqdm import tqdm

from minilora import backend, files
from minilora.training.versions import versions


def run_jobs(function, jobs, folder, n_jobs=1, parallel=None, label="jobs", progress=True):
    """{name: function(**options)} for each {name: options} in `jobs`, in that order.

    function: at the top level of a module, gives plain data. options: plain data. A result is kept as folder/NAME.json with its
    options and versions, and is read from there if it is there already. n_jobs: processes at a time; -1 for one a core.
    parallel: the name of a joblib backend; None for processes of this machine. Every job computes with one BLAS thread and draws
    from its own seed, so neither changes a number. ValueError for a backend that joblib does not have, or a file of another job.
    """
    folder = Path(folder)
    missing = {name: options for name, options in jobs.items() if _kept(folder, name, options) is None}
    work = (joblib.delayed(_run)(function, folder, name, options) for name, options in missing.items())
    with tqdm(total=len(jobs), initial=len(jobs) - len(missing), desc=label, unit="job", disable=not progress) as bar:
        with joblib.parallel_config(**joblib_config(parallel, n_jobs)):
            for _ in joblib.Parallel(return_as="generator_unordered")(work) if missing else ():
                bar.update()
    return {name: _kept(folder, name, options) for name, options in jobs.items()}


def joblib_config(parallel=None, n_jobs=1):
    """What joblib.parallel_config takes. ValueError for a number of jobs or a backend that cannot be."""
    if n_jobs == 0:
        raise ValueError("jobs must be 1 or more, or -1 for one a core, got 0")
    try:
        with joblib.parallel_config(backend=parallel or "loky", n_jobs=n_jobs):
            return {"backend": parallel or "loky", "n_jobs": n_jobs}
    except ValueError as error:
        raise ValueError(f"joblib has no backend {parallel!r} here ({error}); take loky, multiprocessing or threading") from error


def _run(function, folder, name, options):
    backend.tune_memory()
    with threadpoolctl.threadpool_limits(1):
        result = function(**options)
        files.save_json(_path(folder, name), {"options": options, "result": result, "versions": versions()})


def _kept(folder, name, options):
    """The result of a job that is done, or None. ValueError if the file is of another job."""
    path = _path(folder, name)
    if not path.exists():
        return None
    kept = files.load_json(path)
    if not isinstance(kept, dict) or kept.get("options") != json.loads(json.dumps(options)):
        raise ValueError(f"{path} is of a job with other settings: use another folder")
    return kept["result"]


def _path(folder, name):
    return folder / f"{name.replace(os.sep, '_')}.json"
