"""What `minilora verify` prints, and that it notices a wrong gradient in an op and deep in a model."""

import numpy as np
import pytest

from minilora.adapters import METHODS
from minilora.experiments.verification import table, verify, verify_methods, verify_model
from minilora.gradcheck import check
from minilora.nn import mlp


def test_table_says_which_formula_is_wrong():
    reports = verify(["linear", "relu"], progress=False)
    assert "2 of 2" in table(reports)
    reports["relu"] = check(lambda x: (x * x, x), lambda dy, x: (dy * x,), {"x": np.array([1.0, 2.0])})
    assert "1 of 2" in table(reports) and "WRONG" in table(reports)
    with pytest.raises(ValueError, match="no op is named 'nosuch'"):
        verify(["nosuch"])


def test_every_method_of_the_family_is_right_in_a_model():
    reports = verify_methods(progress=False)
    assert [name.removeprefix("tiny-gpt + ") for name in reports] == list(METHODS)
    assert f"{len(METHODS)} of {len(METHODS)} models" in table(reports)
    leaves = {name: {key.rpartition(".")[2] for key in report.inputs} for name, report in reports.items()}
    assert leaves["tiny-gpt + dora"] == {"A", "B", "m"} and leaves["tiny-gpt + vera"] == {"d", "b"}


def test_a_model_with_one_wrong_op_is_noticed(monkeypatch):
    def halved(dy, cache, needs=None):
        return (0.5 * dy * cache[0],)

    assert verify_model("tiny-gpt").ok
    right, _ = mlp.ACTIVATIONS["gelu_tanh"]
    monkeypatch.setitem(mlp.ACTIVATIONS, "gelu_tanh", (right, halved))
    report = verify_model("tiny-gpt")
    assert not report.ok and "0 of 1 models" in table({"tiny-gpt": report})
    assert report["norm.gamma"].ok and not report["blocks.0.mlp.up.W"].ok
