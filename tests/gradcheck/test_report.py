"""What a report says, in each of its forms."""

import json

import numpy as np
import pytest

from minilora.gradcheck import Cause, Finding, check
from minilora.gradcheck.table import shape_text


@pytest.fixture
def right(layernorm, rng):
    return check(layernorm.forward, layernorm.backward, layernorm.inputs(rng, 3, 4, 5), dims={"N": 3, "T": 4})


@pytest.fixture
def wrong(layernorm, rng, replace):
    def spoil(dx):
        dx = dx.copy()
        dx[1, 2, 3] += 1.0
        dx[0, 0, 0] *= 1.01
        return dx

    return check(layernorm.forward, replace(layernorm.backward, 0, spoil), layernorm.inputs(rng, 3, 4, 5), dims={"N": 3, "T": 4})


def test_records_by_name(wrong):
    record = wrong["x"]
    assert record.analytic.shape == record.numeric.shape == record.errors.shape == record.shape == (3, 4, 5)
    assert record.error == record.errors.max() == wrong.max_error
    assert [entry.index for entry in record.worst[:2]] == [(1, 2, 3), (0, 0, 0)]
    assert record.worst[0].got == record.analytic[1, 2, 3] and record.worst[0].expected == record.numeric[1, 2, 3]
    assert [wrong.verdict(name) for name in wrong.inputs] == ["wrong", "ok", "ok"]
    with pytest.raises(KeyError, match="no input 'delta' was checked; the report has x, gamma, beta"):
        wrong["delta"]


def test_findings_are_findings(wrong):
    (finding,) = wrong.findings
    assert isinstance(finding, Finding) and finding.cause is Cause.WRONG and finding.cause == "wrong"
    assert finding.input == "x" and finding.where == (1, 2, 3) and finding.factor is None
    assert "2 of 60 entries" in finding.message


def test_text_of_a_right_pair(right):
    lines = str(right).splitlines()
    assert lines[0].startswith("gradients agree: largest error ") and lines[0].endswith("over 70 entries (rtol 1e-06)")
    assert lines[2].split() == ["input", "shape", "entries", "max", "error", "verdict"]
    assert lines[3].split()[:5] == ["x", "(N=3,", "T=4,", "5)", "60"] and lines[3].endswith("ok")
    assert len(lines) == 6


def test_text_of_a_wrong_pair(wrong):
    text = str(wrong)
    assert text.startswith("gradients FAIL for x: largest error ")
    table = text.split("\n\n")[1].splitlines()
    assert len({line.index(word) for line, word in zip(table, ("verdict", "wrong", "ok", "ok"), strict=True)}) == 1
    worst = text.split("worst entries\n")[1].split("\n\n")[0].splitlines()
    assert len(worst) == 2 and worst[0].split()[0] == "dx[1," and all("got" in line and "expected" in line for line in worst)
    assert "findings\n  wrong: dx is wrong in 2 of 60 entries" in text
    assert max(map(len, text.splitlines())) <= 100


def test_notes_have_a_column_only_if_there_are_any(right):
    noted = check(lambda x: (np.abs(x), x), lambda dy, x: dy * np.sign(x), {"x": np.array([0.0, 1.0])})
    assert str(noted).splitlines()[2].endswith("note") and "1 of 2 entries on a kink, left out" in str(noted).splitlines()[3]
    assert "note" not in str(right)


def test_shapes_with_names():
    assert shape_text((3, 4, 5), {"N": 3, "T": 4}) == "(N=3, T=4, 5)"
    assert shape_text((3, 3), {"N": 3, "T": 3}) == "(N|T=3, N|T=3)"
    assert shape_text((2,), {}) == "(2,)" and shape_text((), {"N": 3}) == "()"


def test_json_is_plain_and_strict(wrong, layernorm, rng, replace):
    data = json.loads(wrong.to_json())
    assert data == wrong.to_dict()
    assert data["ok"] is False and data["max_error"] == wrong.max_error and data["dims"] == {"N": 3, "T": 4}
    assert data["inputs"]["x"]["worst"][0]["index"] == [1, 2, 3] and data["inputs"]["gamma"]["verdict"] == "ok"
    assert data["findings"][0]["cause"] == "wrong" and data["findings"][0]["where"] == [1, 2, 3]
    lost = check(layernorm.forward, replace(layernorm.backward, 0, lambda dx: dx * np.nan), layernorm.inputs(rng, 3, 5))
    data = json.loads(lost.to_json(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert data["max_error"] is None and data["inputs"]["x"]["error"] is None
