"""Topics by a small random encoder: what learns, from what, judged on what; and on MiniLM where it was fetched."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tokenizers", reason="the package tokenizers is needed: pip install 'minilora[real]'")
sys.path.append(str(Path(__file__).parents[1] / "interop"))
from real_folder import write_folder

from minilora import files
from minilora.adapters.inject import with_originals
from minilora.cli import main
from minilora.data import Task
from minilora.experiments import encoder_topics, sources
from minilora.experiments.encoder_learning import (
    Probe,
    by_length,
    choose_what_learns,
    judge,
    labelled,
    learn,
    on_vectors,
    shortest,
)
from minilora.experiments.encoder_topics import BATCH, HEAD_ROUNDS, Setting, compare, contest, count_only, parts, search
from minilora.experiments.systems.transfer import classifier
from minilora.interop.fetch import cached
from minilora.training import TrainingError

SMALL = Setting(steps=3, seeds=2, held_out=16, trial=12, rank=2)
RUN = {"seed": 3, "steps": 2, "rank": 2, "n_judged": 16}
WHOLE = encoder_topics.examples  # read when it is asked for
C, F, LAYERS, R = 16, 24, 2, 2  # of write_folder's model; and SMALL.rank


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("encoder") / "model", causal=False, block_size=160)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """A task of the first pieces."""
    whole = WHOLE()
    task = Task("few", whole.train[:400], whole.held_out[:40], "", whole.classes, whole.groups[:400])
    monkeypatch.setattr(encoder_topics, "examples", lambda: task)
    return task


@pytest.fixture
def model_and_rows(folder, few):
    model, tokenizer = sources.load(folder)
    return classifier(model, 4, 5), labelled(few.train[:48], tokenizer, 160)


def run(folder, method, rate=0.01, **changes):
    return contest(folder, method=method, rates={"head": 0.01, method: rate}, **(RUN | changes))


def test_the_number_of_values_that_learn(folder):
    model, _ = sources.load(folder)
    head = 4 * C + 4
    expected = {"head": head, "lora": head + LAYERS * 2 * R * 2 * C, "dora": head + LAYERS * 2 * (R * 2 * C + C),
                "full": head + sum(p.data.size for p in model.parameters())}  # fmt: skip
    assert {method: run(folder, method, steps=1)["trained_values"] for method in expected} == expected


@pytest.mark.parametrize("method", ["lora", "rslora", "full"])
def test_the_head_learns_with_the_factors_and_the_rest_stays(model_and_rows, method):
    model, rows = model_and_rows
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    choose_what_learns(model, method, R, 0)
    learn(model, [shortest(*(a[:16] for a in rows))] * 2, 0.01)
    after = with_originals(model)
    moved = {name for name in before if not np.array_equal(after[name].data, before[name])}
    factors = {name for name in after if name.endswith((".A", ".B"))}
    if method == "full":
        assert moved == set(before) and not factors
    else:
        assert moved == {"head.W", "head.b"}
        assert {name.split(".lora.")[0] for name in factors} == {f"blocks.{i}.attn.{part}" for i in (0, 1) for part in "qv"}
        assert all(np.abs(after[name].data).max() > 0 for name in factors)


def test_the_probe_has_the_loss_and_the_gradient_of_the_whole_model(model_and_rows):
    model, rows = model_and_rows
    drawn = np.array([[5, 7, 5, 40], [0, 47, 1, 7]])
    batches = on_vectors(model, rows, drawn)
    probe = Probe(model.head)
    for place, (vectors, labels) in zip(drawn, batches, strict=True):
        ids, expected_labels, mask = (a[place] for a in rows)  # padded to the longest of all, not of the batch
        model.zero_grad()
        loss = model.loss(ids, expected_labels, mask)
        model.backward()
        expected = {name: p.grad.copy() for name, p in probe.named_parameters()}
        probe.zero_grad()
        assert np.array_equal(labels, expected_labels)
        np.testing.assert_allclose(probe.loss(vectors, labels), loss, rtol=1e-5)
        probe.backward()
        for name, p in probe.named_parameters():
            np.testing.assert_allclose(p.grad, expected[name], rtol=0, atol=1e-5 * np.abs(expected[name]).max())


def test_a_probe_of_a_model_with_dropout_learns_without_it(model_and_rows):
    model, rows = model_and_rows
    noisy = classifier(model, 4, 5, dropout=0.5)
    still, dropped = (on_vectors(m, rows, np.array([[1, 2]]))[0][0] for m in (model, noisy))
    assert np.array_equal(still, dropped)


def test_a_text_is_judged_as_it_would_be_alone(model_and_rows):
    model, (ids, labels, mask) = model_and_rows
    model.eval()
    lengths = mask.sum(axis=1)
    logits = np.concatenate([model.forward(ids[i : i + 1, : lengths[i]]) for i in range(len(ids))]).astype(float)
    guessed = logits.argmax(axis=1)
    confusion = [[int(((labels == i) & (guessed == j)).sum()) for j in range(4)] for i in range(4)]
    loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(ids)), labels])
    found = judge(model, ids, labels, mask)
    assert found["confusion"] == confusion and found["accuracy"] == np.mean(guessed == labels)
    np.testing.assert_allclose(found["loss"], loss, rtol=1e-5)


def test_rows_come_once_each_with_no_column_of_padding_alone(monkeypatch):
    monkeypatch.setattr("minilora.experiments.encoder_learning.AT_ONCE", 3)
    lengths = np.array([4, 9, 1, 7, 5, 9, 2, 3])
    ids, mask = np.arange(80).reshape(8, 10), np.arange(10) < lengths[:, None]
    seen = list(by_length(ids, np.arange(8) + 20, mask))
    assert np.concatenate([rows for rows, _ in seen]).tolist() == [2, 6, 7, 0, 4, 3, 1, 5]
    for rows, (ids_b, labels_b, mask_b) in seen:
        T = max(lengths[rows])
        assert ids_b.tolist() == ids[rows, :T].tolist() and mask_b.tolist() == mask[rows, :T].tolist()
        assert labels_b.tolist() == (rows + 20).tolist()
    assert [batch[0].shape for _, batch in seen] == [(3, 3), (3, 7), (2, 9)]


def test_every_method_starts_with_the_head(folder):
    """At a rate of 0 it stays there."""
    head = run(folder, "head")
    for method in ("lora", "dora", "full"):
        still = run(folder, method, rate=0.0)
        assert still["confusion"] == head["confusion"]
        np.testing.assert_allclose(still["loss"], head["loss"], rtol=1e-6)
        assert run(folder, method)["loss"] != still["loss"]
    assert run(folder, "head", seed=4)["loss"] != head["loss"]


def test_a_seed_draws_the_head_the_factors_and_the_batches(folder, monkeypatch):
    def note(model, batches, rate):
        values = {name: p.data.copy() for name, p in model.named_parameters() if name == "head.W" or name.endswith(".A")}
        drawn.append((values, [labels.tolist() for _, labels, *_ in batches]))
        return [{"seconds": 1.0}]

    monkeypatch.setattr(encoder_topics, "learn", note)
    starts = []
    for seed in (3, 3, 4):
        drawn = []
        run(folder, "lora", seed=seed)
        starts.append(drawn[1])
    (values, labels), (same, same_labels), (others, other_labels) = starts
    assert labels == same_labels and labels != other_labels and len(values) == 1 + 2 * LAYERS
    for name in values:
        assert np.array_equal(values[name], same[name]) and not np.array_equal(values[name], others[name])


def test_head_and_method_read_the_same_pieces(folder, monkeypatch):
    seen = []
    monkeypatch.setattr(encoder_topics, "learn", lambda model, batches, rate: seen.append(batches) or [{"seconds": 1.0}])
    run(folder, "lora", steps=3)
    vectors, pieces = seen
    assert len(pieces) == 3 and len(vectors) == 3 * HEAD_ROUNDS
    for (_, labels), (ids, same, mask) in zip(vectors, pieces * HEAD_ROUNDS, strict=True):
        assert np.array_equal(labels, same) and len(ids) == BATCH and ids.shape[1] == mask.sum(axis=1).max()


def test_a_trial_is_on_other_files_of_what_there_is_to_learn_from(few):
    file_of = dict(zip(few.train, few.groups, strict=True))
    learning, judged = parts(12, trial=True)
    assert not {file_of[pair] for pair in learning} & {file_of[pair] for pair in judged}
    assert len(judged) == 12 and np.bincount([label for _, label in judged]).tolist() == [3, 3, 3, 3]
    assert parts(16) == (few.train, few.held_out[:16])


def test_the_rate_with_the_least_loss_is_taken_and_what_is_held_out_is_not_looked_at():
    asked = {}

    def run(function, jobs, label):
        assert function is encoder_topics.trial
        asked.update(jobs)
        losses = {"head": {0.003: 1.0}, "lora": {0.001: 1.0}, "full": {}}
        return {job: {"loss": losses[o["method"]].get(o["rates"][o["method"]], 2.0)} for job, o in jobs.items()}

    rates = search(("head",), SMALL, run, {})
    rates |= search(("lora", "full"), SMALL, run, rates)
    assert {name: found["rate"] for name, found in rates.items()} == {"head": 0.003, "lora": 0.001, "full": 3.3e-05}
    assert all(o["rates"]["head"] == 0.003 for o in asked.values() if o["method"] != "head") and len(asked) == 9
    assert all(len(found["tried"]) == 3 for found in rates.values())
    assert {o["seed"] for o in asked.values()}.isdisjoint(range(100))


def test_a_rate_at_which_training_breaks_down_is_not_taken(monkeypatch):
    def breaks(source, part, **options):
        assert part == "trial"
        raise TrainingError("no")

    monkeypatch.setattr(encoder_topics, "contest", breaks)
    assert encoder_topics.trial("any", rate=1.0) == {"loss": float("inf")}


def test_counting(few):
    found = count_only(SMALL)
    assert found["majority"] == 0.25 and 0.3 < found["naive Bayes"] <= 1 and found["c"] in encoder_topics.STARTS


def test_what_is_done_is_read_and_what_is_missing_is_made(folder, tmp_path, monkeypatch):
    first = compare(folder, tmp_path, ("lora",), SMALL, say=lambda line: None)
    assert files.load_json(tmp_path / "result.json") == first
    assert [len(runs) for runs in first["contest"].values()] == [2, 2] and set(first["rates"]) == {"head", "lora"}
    for runs in first["contest"].values():
        assert all(np.sum(run["confusion"]) == 16 for run in runs) and runs[0] != runs[1]
    (tmp_path / "jobs" / "lora-1.json").unlink()
    made = []
    monkeypatch.setattr(encoder_topics, "contest", lambda **options: made.append(options) or {"made": 1})
    second = compare(folder, tmp_path, ("lora",), SMALL, say=lambda line: None)
    assert second["contest"] == first["contest"] | {"lora": [first["contest"]["lora"][0], {"made": 1}]}
    assert [(options["method"], options["seed"]) for options in made] == [("lora", 1)]


def test_another_encoder_in_the_same_folder_is_refused(folder, tmp_path):
    compare(folder, tmp_path / "results", (), SMALL, say=lambda line: None)
    other = shutil.copytree(folder, tmp_path / "model")
    weights = bytearray((other / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (other / "model.safetensors").write_bytes(weights)
    with pytest.raises(ValueError, match="or on another base: use another folder"):
        compare(other, tmp_path / "results", (), SMALL, say=lambda line: None)


def test_the_command(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("minilora.commands.topics.QUICK", SMALL)
    args = ["topics", "--model", str(folder), "--quick", "--seeds", "2", "--jobs", "1", "--folder", str(tmp_path / "t")]
    assert main([*args, "--method", "lora", "full"]) == 0
    out = capsys.readouterr().out
    result = files.load_json(tmp_path / "t-quick" / "result.json")
    lines = {line.split("  ")[0]: line.split() for line in out.splitlines() if line.strip()}
    assert lines["majority"][1] == "25.0" and lines["naive Bayes"][2] == f"{100 * result['counted']['naive Bayes']:.1f}"
    for name, runs in result["contest"].items():
        accuracies = [run["accuracy"] for run in runs]
        assert lines[name][1:3] == [f"{100 * np.mean(accuracies):.1f}", f"+-{50 * np.ptp(accuracies):.1f}"]
        assert f"{runs[0]['trained_values']:,}" in lines[name]
    assert out.count("how many in a hundred") == 3 and "--quick is a rehearsal" in out


def test_confusions_are_shares_of_a_row():
    from minilora.commands.topics import confusions

    runs = [{"confusion": [[3, 1], [0, 4]]}, {"confusion": [[2, 2], [1, 3]]}]
    rows = [line.split() for line in confusions({"classes": ["a", "b"]}, runs).splitlines()]
    assert rows == [["a", "b"], ["a", "62", "38"], ["b", "12", "88"]]


def test_a_model_that_is_not_there_is_one_line(capsys, tmp_path):
    assert main(["topics", "--model", "nothing", "--folder", str(tmp_path / "t")]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "nothing is no model" in err and not (tmp_path / "t").exists()


def test_the_head_on_minilm_knows_most_topics(monkeypatch):
    if cached("minilm") is None:
        pytest.skip("MiniLM is not here: minilora fetch minilm")
    monkeypatch.setattr(encoder_topics, "examples", WHOLE)
    found = contest("minilm", method="head", rates={"head": 1e-2}, seed=0, steps=10, rank=8, n_judged=100)
    assert found["accuracy"] > 0.5 and found["trained_values"] == 4 * 384 + 4
