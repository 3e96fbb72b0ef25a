"""What a check of a layer or a model says that it could not have shown."""

import numpy as np
import pytest

from minilora.gradcheck import check_layer, check_model
from minilora.gradcheck.layers.blindness import blind_spots_of_batch

IDS, TARGETS = np.array([[2, 5, 2, 0], [6, 2, 6, 6]]), np.array([[5, 2, -100, 3], [2, -100, 6, 1]])


@pytest.mark.parametrize("x", [np.zeros((5, 3)), np.full((5, 3), 2.0), np.ones((3, 3))])
def test_an_x_that_hides_mistakes(rng, dense, x):
    report = check_layer(dense(rng), x, zero=("W",))
    assert report.notes[0].startswith("x is ") and "would not show" in report.notes[0]


def test_values_of_ones_own(rng, dense):
    layer = dense(rng, 3, 3)
    layer.W.data += layer.W.data.T.copy()
    layer.b.data[:] = 0
    said = " ".join(check_layer(layer, (5, 3), values="own").notes)
    assert "W is symmetric" in said and "b is zero everywhere" in said
    assert not check_layer(layer, (5, 3)).notes


def test_numbers_of_a_layer(rng, dense):
    layer = dense(rng)
    layer.n_heads, layer.alpha, layer.r = 1, 4.0, 4
    notes = check_layer(layer, (5, 3)).notes
    assert [note.split(":")[0] for note in notes] == ["alpha = r", "H = 1"]


def test_a_batch(small):
    model = small("tiny-bert", n_layers=1)
    once = np.array([[2, 5, 1, 0], [6, 3, 4, 7]]) % 7
    assert not blind_spots_of_batch((IDS, TARGETS), {})
    assert blind_spots_of_batch((np.arange(8).reshape(2, 4)[:, ::-1], TARGETS), {})[0].startswith("batch[0] holds every id once")
    report = check_model(model, once, TARGETS, np.ones((2, 4), dtype=bool), zero=("k.b",))
    assert report.ok and "batch[2] is True everywhere" in " ".join(report.notes)


def test_what_many_parameters_share_is_said_once():
    values = {f"blocks.{i}.norm.gamma": np.ones(3) for i in range(3)}
    (note,) = blind_spots_of_batch((), values)
    assert note.startswith("blocks.0.norm.gamma (like 2 more) is 1 everywhere")


def test_ids_that_never_repeat_are_made_to(rng, causes, table):
    class Overwrites(table):
        """Keeps the last of the rows that an id gets."""

        def backward(self, dy):
            if self.W.trainable:
                self.W.grad[self.ids] += dy

    ids = np.array([[0, 2, 5], [4, 1, 3]])
    report = check_layer(Overwrites(rng), ids)
    assert causes(report) == [("overwritten_duplicates", "W")] and report["W"].ok
    assert report.findings[0].message.startswith("Right for x in which no id repeats")

    report = check_layer(table(rng), ids)
    assert report.ok and not report.notes

    class Strict(table):
        def forward(self, ids):
            if len(np.unique(ids)) < ids.size:
                raise ValueError("every id once, please")
            return super().forward(ids)

    report = check_layer(Strict(rng), ids)
    assert report.ok and "x holds every id once" in report.notes[0]
