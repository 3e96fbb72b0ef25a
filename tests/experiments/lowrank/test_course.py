"""The course of a small model's singular values: the starts are what they are called, and the last step is in it."""

import numpy as np
import pytest

from minilora import lowrank
from minilora.experiments.lowrank.course import LARGE, LOW, course, effective_ranks

IDS = np.random.default_rng(0).integers(0, 7, 400)


def short(start="usual", seed=0):
    return course(IDS, 7, seed, start, steps=4, keep=3, batch_size=2)


def test_a_course_has_every_matrix_at_every_kept_step():
    run = short()
    assert run["steps"] == [0, 1, 4] and len(run["losses"]) == 3
    assert len(run["spectra"]) == 12
    for rows in run["spectra"].values():
        assert all(len(row) == 64 and row == sorted(row, reverse=True) for row in rows)
    assert run["losses"][0] == pytest.approx(np.log(7), abs=0.2)
    assert run["spectra"]["blocks.1.attn.q"][0] != run["spectra"]["blocks.1.attn.q"][1]


def test_each_start_is_what_it_is_called():
    usual, large, low = (short(start)["spectra"] for start in ("usual", "large", "low rank"))
    for name, rows in usual.items():
        assert large[name][0] == pytest.approx(LARGE * np.array(rows[0]), rel=1e-3, abs=1e-4)
        assert low[name][0][:LOW] == pytest.approx(rows[0][:LOW], rel=1e-3) and max(low[name][0][LOW:]) < 1e-4 * low[name][0][0]


def test_seeds_repeat_to_the_bit():
    assert short(seed=1) == short(seed=1) != short(seed=2)


def test_the_effective_rank_of_a_kind_is_the_mean_over_blocks():
    spectra = {"blocks.0.attn.q": [[1.0, 1.0], [1.0, 0.0]], "blocks.1.attn.q": [[1.0, 0.0], [3.0, 1.0]]}
    first, last = effective_ranks({"spectra": spectra})["attn.q"]
    assert first == pytest.approx(1.5)
    assert last == pytest.approx((1 + lowrank.effective_rank(np.diag([3.0, 1.0]))) / 2)
