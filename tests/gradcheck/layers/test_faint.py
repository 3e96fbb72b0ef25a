"""Entries that the loss hardly shows: right ones pass at the values that training starts from, wrong ones do not."""

import numpy as np
import pytest

from minilora.gradcheck import Cause, Finding, Report, check_model
from minilora.gradcheck.layers.faint import pass_faint
from minilora.gradcheck.report import InputReport
from minilora.nn import Transformer, TransformerConfig

SIZES = {"vocab_size": 7, "block_size": 4, "n_layers": 1, "n_heads": 2, "d_model": 6, "d_mlp": 5}


@pytest.fixture
def fresh(rng):
    """check(spoil) of a fresh tiny-gpt, where spoil(grad) changes the gradient of blocks.0.attn.q.W in place."""

    def check(spoil=lambda grad: None):
        model = Transformer(TransformerConfig.preset("tiny-gpt", **SIZES), rng=0, dtype="float64")
        W, backward = model.blocks[0].attn.q.W, model.backward

        def spoiled(*args):
            before = None if W.grad is None else W.grad.copy()
            backward(*args)
            if before is not None:
                added = W.grad - before
                spoil(added)
                W.grad[...] = before + added

        model.backward = spoiled
        batch = np.random.default_rng(0)
        return check_model(model, batch.integers(0, 7, (2, 4)), batch.integers(0, 7, (2, 4)), zero=("k.b",), values="own")

    return check


def test_a_right_fresh_model_passes_and_says_what_it_hardly_saw(fresh):
    report = fresh()
    assert report.ok and report.max_error > 1e-6
    assert any("values='drawn' shows more" in record.note for record in report.inputs.values())


def smallest(grad):
    return np.unravel_index(np.argmin(np.abs(grad)), grad.shape)


@pytest.mark.parametrize("factor", [0, -1, 2, 1.05])
def test_a_wrong_entry_fails_however_small(fresh, factor):
    def spoil(grad):
        grad[smallest(grad)] *= factor

    report = fresh(spoil)
    assert not report["blocks.0.attn.q.W"].ok


def test_a_small_mistake_everywhere_fails(fresh):
    def spoil(grad):
        grad *= 1 + 1e-4

    assert not fresh(spoil)["blocks.0.attn.q.W"].ok


@pytest.mark.parametrize(
    ("numeric", "error", "passes"),
    [
        ([1e-3, 1e-8], [0, 1e-4], True),
        ([1e-3, 1e-9], [0, 5e-2], False),  # seen too badly
        ([1e-3, 1e-3], [0, 1e-4], False),  # off by more than the loss is rounded
        ([1e-8, 1e-9], [1e-4, 1e-4], False),  # not even the largest one is sure
    ],
)
def test_what_passes(numeric, error, passes):
    numeric, error = np.array(numeric), np.array(error)
    record = InputReport("W", (2,), numeric * (1 + error), numeric, error, error.max(), (), 0, False, "")
    doubt = Finding(Cause.ROUNDING, "W", None, (1,), "W cannot be judged.")
    report = pass_faint(Report({"W": record}, [doubt], 1e-6), 4.0, 1e-6)
    assert report.ok == report["W"].ok == passes
    assert passes or "values='drawn'" in report.findings[0].message
    wrong = Finding(Cause.WRONG, "W", None, (0,), "W is wrong.")
    assert not pass_faint(Report({"W": record}, [wrong, doubt], 1e-6), 4.0, 1e-6)["W"].ok
