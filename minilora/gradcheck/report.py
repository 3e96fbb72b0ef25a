"""The report of a check: the record of each input, the findings, the verdict, and its forms (text, JSON, HTML)."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from minilora.gradcheck import page, picture, table
from minilora.gradcheck.curve import Curve
from minilora.gradcheck.finding import Finding


@dataclass(frozen=True)
class Entry:
    """One entry of a gradient: its index, the analytic value got, the numeric value expected, and the error between them."""

    index: tuple[int, ...]
    got: float
    expected: float
    error: float


@dataclass(frozen=True, eq=False)
class InputReport:
    """What was found for one input or parameter.

    shape     its shape, which the arrays here have too.
    analytic  what backward gave, in float64; None if there was nothing to compare.
    numeric   the numeric gradient; None if there is none (forward is not deterministic or not finite).
    errors    the relative error of every entry; None without both gradients.
    error     the largest of them, kinks left out; infinite if nothing was compared.
    worst     the entries with the largest errors, largest first.
    kinks     how many entries lie on a kink.
    ok        the verdict on this input.
    note      why it passed though zero, what was left out; "" if there is nothing to say.
    """

    name: str
    shape: tuple[int, ...]
    analytic: np.ndarray | None
    numeric: np.ndarray | None
    errors: np.ndarray | None
    error: float
    worst: tuple[Entry, ...]
    kinks: int
    ok: bool
    note: str


@dataclass(frozen=True, eq=False)
class Report:
    """The result of a check. `print(report)` shows it; `report["gamma"]` is the InputReport of one input.

    inputs    {name: InputReport}, in the order of the inputs.
    findings  list of Finding.
    rtol      the largest error that passes.
    dims      {name: size}, to write shapes with names.
    notes     sentences about the check itself, such as a mistake that these inputs could not have shown.
    curve     Curve: the error of the worst entry against the step size; None if nothing was compared.
    """

    inputs: Mapping[str, InputReport]
    findings: list[Finding]
    rtol: float
    dims: Mapping[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    curve: Curve | None = None

    @property
    def ok(self):
        """True if every entry of every input is right and nothing else was found but kinks."""
        return all(record.ok for record in self.inputs.values()) and not any(finding.fails for finding in self.findings)

    @property
    def max_error(self):
        """The largest error over every entry of every input; infinite if an input could not be compared."""
        return max((record.error for record in self.inputs.values()), default=0.0)

    def __getitem__(self, name):
        if name not in self.inputs:
            raise KeyError(f"no input {name!r} was checked; the report has {', '.join(self.inputs)}")
        return self.inputs[name]

    def verdict(self, name):
        """"ok", or in a word what is wrong with one input: the first failing finding's cause."""
        causes = [finding.cause for finding in self.findings if finding.input == name and finding.fails]
        if causes:
            return str(causes[0])
        record = self[name]
        return "ok" if record.ok else "not checked" if record.errors is None else "wrong"

    def __str__(self):
        return table.text(self)

    def plot(self):
        """A matplotlib Figure: analytic against numeric, a heat map of the error, the worst entry's error against the step."""
        return picture.plot(self)

    def _repr_html_(self):
        return page.report_html(self)

    def to_dict(self):
        """The report without its arrays, as plain data; None stands for a number that is not finite."""
        return {
            "ok": self.ok,
            "max_error": _plain(self.max_error),
            "rtol": self.rtol,
            "dims": dict(self.dims),
            "inputs": {name: _input_dict(record, self.verdict(name)) for name, record in self.inputs.items()},
            "findings": [
                {
                    "cause": str(finding.cause),
                    "input": finding.input,
                    "factor": finding.factor,
                    "where": None if finding.where is None else list(finding.where),
                    "message": finding.message,
                    "matched": finding.matched,
                    "tag": finding.tag,
                    "evidence": {key: _plain(value) for key, value in finding.evidence.items()},
                }
                for finding in self.findings
            ],
            "notes": self.notes,
        }

    def to_json(self):
        """The same as a JSON string."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False)


def _plain(value):
    """A value as JSON knows it: None for a number that is not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _input_dict(record, verdict):
    return {
        "shape": list(record.shape),
        "error": _plain(record.error),
        "ok": record.ok,
        "verdict": verdict,
        "kinks": record.kinks,
        "note": record.note,
        "worst": [
            {"index": list(e.index), "got": _plain(e.got), "expected": _plain(e.expected), "error": _plain(e.error)}
            for e in record.worst
        ],
    }
