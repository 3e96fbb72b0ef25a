"""Many runs side by side: the same numbers however many at a time, and only what is missing is run."""

import json

import pytest
import threadpoolctl

from minilora import backend
from minilora.experiments.jobs import _run, made_with, run_jobs
from minilora.training.versions import versions


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
    with pytest.raises(ValueError, match=r"a.json is of a job with other settings, or on another base: use another folder$"):
        run_jobs(drawn, {"a": {"seed": 1}}, tmp_path, progress=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_jobs": 0}, "^jobs must be 1 or more, or -1 for one a core, got 0$"),
        ({"n_jobs": -3}, "^jobs must be 1 or more, or -1 for one a core, got -3$"),
        ({"parallel": "multiprocessing"}, "take loky or threading$"),
        ({"parallel": "no-such"}, "^joblib cannot run on 'no-such' here"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False, **options)
    assert list(tmp_path.iterdir()) == []


def on(ground, seed):
    """A job that reads its ground."""
    return {"sum": sum(int(line) for line in (ground / "numbers.txt").read_text().split()) + seed}


def mark(ground):
    return (ground / "numbers.txt").read_text()


@pytest.fixture
def ground(tmp_path):
    (tmp_path / "ground").mkdir()
    (tmp_path / "ground" / "numbers.txt").write_text("1 2")
    return tmp_path / "ground"


def stand(ground, folder, **options):
    given = {"given": {"ground": ground}, "fingerprint": mark}
    return run_jobs(on, {"a": {"seed": 3}}, folder, progress=False, **given, **options)


def test_what_is_given_is_no_part_of_a_job(ground, tmp_path):
    assert stand(ground, tmp_path / "results") == {"a": {"sum": 6}}
    moved = ground.rename(tmp_path / "moved")
    assert stand(moved, tmp_path / "results") == {"a": {"sum": 6}}


def test_a_result_on_another_ground_is_not_taken(ground, tmp_path):
    stand(ground, tmp_path / "results")
    (ground / "numbers.txt").write_text("1 20")
    with pytest.raises(ValueError, match="or on another base: use another folder$"):
        stand(ground, tmp_path / "results")


def test_a_worker_whose_ground_has_changed_leaves_no_result(ground, tmp_path):
    """As one that outlived its run and found a new base in the folder."""
    with pytest.raises(RuntimeError, match="^what a stands on was changed while it waited$"):
        _run(on, tmp_path, "a", {"seed": 3}, {"ground": ground}, mark, "another")
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize("content", ["", '{"options": {"seed": 0}', "[]", '{"options": {"seed": 0}}'])
def test_a_damaged_result_is_made_again(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    assert run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False) == {"a": drawn(0)}


def test_other_versions_are_announced(tmp_path):
    run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False)
    path = tmp_path / "a.json"
    path.write_text(path.read_text().replace(made_with()["code"], "0123456789ab"))
    with pytest.warns(UserWarning, match="some results were made with code 0123456789ab, now "):
        run_jobs(drawn, {"a": {"seed": 0}}, tmp_path, progress=False)


def threads(seed):
    return {"threads": versions()["threads"]}


@pytest.mark.parametrize("parallel", ["loky", "threading"])
def test_every_job_has_one_thread_and_the_process_keeps_its_own(tmp_path, parallel):
    with threadpoolctl.threadpool_limits(2):
        before = versions()["threads"]
        results = run_jobs(threads, {str(i): {"seed": i} for i in range(6)}, tmp_path, 2, parallel, progress=False)
        assert {result["threads"] for result in results.values()} == {1}
        assert versions()["threads"] == before
