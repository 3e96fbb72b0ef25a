"""The pictures of lesson 04 show what they are given."""

import numpy as np

from minilora.ops import layernorm_steps_backward, layernorm_steps_forward
from minilora.plots.norms import EDGES, PLANE, circle, eigenvalues, layernorm_flow, rates


def test_rows_end_on_the_circle_and_gradients_along_it():
    x, dy = np.random.default_rng(0).standard_normal((2, 4, 3))
    xhat, cache = layernorm_steps_forward(x, np.ones(3), np.zeros(3), eps=0.0)
    dx, _, _ = layernorm_steps_backward(dy, cache)
    space, flat = circle(x, cache[0], xhat, dy, dx).axes
    ring, *points = flat.lines
    np.testing.assert_allclose(np.linalg.norm(ring.get_xydata(), axis=-1), np.sqrt(3))
    np.testing.assert_allclose([point.get_xydata()[0] for point in points], xhat @ PLANE.T)
    arrows = [(quiver.U[0], quiver.V[0]) for quiver in flat.collections]
    assert len(arrows) == 8
    np.testing.assert_allclose((np.array(arrows[1::2]) * (xhat @ PLANE.T)).sum(axis=-1), 0, atol=1e-12)
    assert space.get_xlabel() == "feature 0"


def test_the_flow_names_every_formula_on_the_way_to_dx():
    shown = {text.get_text() for text in layernorm_flow().axes[0].texts}
    assert {tag for *_, forward, backward in EDGES for tag in (forward, backward)} <= shown
    assert {f"B{i}" for i in range(3, 8)} <= shown


def test_eigenvalues_come_largest_first():
    ax = eigenvalues({"a": [0, 1, 0.5], "b": [1, 1, 0]}).axes[0]
    assert [list(line.get_ydata()) for line in ax.lines[:2]] == [[1, 0.5, 0], [1, 1, 0]]


def test_a_run_that_blew_up_is_drawn_at_the_edge():
    ax = rates([0.1, 1], {"none": [[2.0, 3.0], [2.5, np.nan]]}, worst=4).axes[0]
    assert list(ax.lines[0].get_ydata()) == [2.5, 3.25] and ax.get_ylim()[1] == 4
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.1", "1"]
