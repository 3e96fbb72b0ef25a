"""Many runs side by side: the same numbers however many at a time, and only what is missing is run."""

import json

import pytest

from minilora import backend
from minilora.experiments.jobs import run_jobs


def drawn(seed):
    """A job."""
    a = backend.as_generator(seed).standard_normal((30, 20))
    return {"trace": float((a @ a.T).trace()), "seed": seed}


def stops(seed):
    raise KeyboardInterrupt if seed == 1 else ValueError(f"no {seed}")


@pytest.fixture
def jobs():
    return {f"seed-{seed}": {"seed": seed} for seed in range(4)}


def test_the_number_of_processes_changes_no_number(tmp_path, jobs):
    one = run_jobs(drawn, jobs, tmp_path / "one", n_jobs=1, progress=False)
    two = run_jobs(drawn, jobs, tmp_path / "two", n_jobs=2, progress=False)
    threads = run_jobs(drawn, jobs, tmp_path / "threads", n_jobs=2, parallel="threading", progress=False)
    assert one == two == threads == {name: drawn(**options) for name, options in jobs.items()}
    assert list(two) == list(jobs)


def test_what_is_done_is_not_done_again(tmp_path, jobs):
    first = dict(list(jobs.items())[:2])
    run_jobs(drawn, first, tmp_path, progress=False)
    kept = {path: path.read_bytes() for path in tmp_path.glob("*.json")}
    (tmp_path / "seed-1.json").unlink()
    results = run_jobs(drawn, jobs, tmp_path, progress=False)
    assert results == {name: drawn(**options) for name, options in jobs.items()}
    path = tmp_path / "seed-0.json"
    assert path.read_bytes() == kept[path]
    record = json.loads(path.read_text("utf-8"))
    assert record["options"] == {"seed": 0} and record["result"] == drawn(0) and record["versions"]["threads"] == 1


def test_a_kept_result_is_read_and_not_computed(tmp_path):
    run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False)
    assert run_jobs(stops, {"a": {"seed": 0}}, tmp_path, progress=False) == {"a": drawn(0)}


def test_a_job_that_fails_leaves_the_others_that_are_done(tmp_path):
    run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False)
    with pytest.raises(ValueError, match="^no 2$"):
        run_jobs(stops, {"b": {"seed": 2}}, tmp_path, progress=False)
    with pytest.raises(KeyboardInterrupt):
        run_jobs(stops, {"b": {"seed": 1}}, tmp_path, parallel="threading", progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_file_of_another_job_is_refused(tmp_path):
    run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False)
    with pytest.raises(ValueError, match=r"a.json is of a job with other settings: use another folder$"):
        run_jobs(drawn, {"a": {"seed": 1}}, tmp_path, progress=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_jobs": 0}, "^jobs must be 1 or more, or -1 for one a core, got 0$"),
        ({"parallel": "no-such"}, "^joblib has no backend 'no-such' here"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False, **options)
    assert list(tmp_path.iterdir()) == []
