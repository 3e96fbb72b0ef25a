"""A right formula gets no finding: every registered op over random shapes, sizes of 1 among them, some of them in float32."""

import numpy as np
import pytest

from minilora.gradcheck import Cause, check
from minilora.ops import registry

SHAPES = 8  # of each op; together more than 200


def random_sizes(op, rng):
    sizes = {name: int(rng.integers(1, 5)) for name in op.sizes}
    if "K" in sizes:  # H heads share K key heads
        sizes["H"] = sizes["K"] * int(rng.integers(1, 4))
    if op.name == "attention":  # causal: the queries are the last of the keys
        sizes["S"] = sizes["T"] + int(rng.integers(0, 3))
    if op.name.startswith("rope"):
        sizes["D"] *= 2
    return sizes


@pytest.mark.parametrize("name", list(registry))
def test_no_finding_on_a_right_op(name):
    op, rng = registry[name], np.random.default_rng(len(name))
    for trial in range(SHAPES):
        sizes = random_sizes(op, rng)
        inputs = op.make_inputs(rng, **sizes)
        if trial % 3 == 0:
            inputs = {key: a.astype(np.float32) if a.dtype.kind == "f" else a for key, a in inputs.items()}
        report = check(op.forward, op.backward, inputs, dict(op.constants), rng=trial)
        found = [finding for finding in report.findings if finding.cause is not Cause.KINK]
        assert report.ok and not found, f"{sizes}\n{report}"


def test_there_are_200_shapes():
    assert SHAPES * len(registry) >= 200
