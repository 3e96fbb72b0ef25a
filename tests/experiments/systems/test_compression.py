"""Article A and its neighbours: what is pruned and stays so, which losses are learned from, and what is really smaller."""

from itertools import islice

import numpy as np
import pytest

from minilora.compress import Distillation, Masked, SoftLabelDistillation, matrices
from minilora.experiments.runs import count, held_out_loss
from minilora.experiments.systems import compression
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.compression import CONTESTANTS, SCORED
from minilora.experiments.systems.contestant import measure
from minilora.nn import Transformer
from minilora.training import SGD, AdamW

BY_NAME = {c.name: c for c in CONTESTANTS}
STEPS = 5
LEAST = 5e-4  # the article's threshold would prune nearly all of so small a model


@pytest.fixture(scope="module")
def adapted(tiny_arena):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "THRESHOLD", LEAST)
        return {name: c.adapt(tiny_arena, c.rate, 0, STEPS) for name, c in BY_NAME.items()}


def low(arena):
    """{name: booleans}, True where the mean gradient over the first batches of the target is below the threshold."""
    model = arena.model().eval()
    for batch in islice(arena.batches(0), SCORED):
        model.loss(*batch)
        model.backward()
    return {name: np.abs(p.grad / SCORED) < LEAST for name, p in matrices(model).items()}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_contestant_takes_its_steps_and_hands_back_the_model_itself(tiny_arena, adapted, name):
    found = adapted[name]
    assert len(found.history) == STEPS and type(found.model) is Transformer
    assert np.isfinite([v for v in measure(tiny_arena, found).values() if v is not None]).all()


def test_what_has_a_small_gradient_is_zero_and_nothing_else_is(tiny_arena, adapted):
    expected = low(tiny_arena)
    for name, p in matrices(adapted["a-described"].model).items():
        assert np.array_equal(p.data == 0, expected[name]), name
    share = np.mean(np.concatenate([w.ravel() for w in expected.values()]))
    assert adapted["a-described"].found["sparsity"] == pytest.approx(share) and 0.05 < share < 0.95
    assert compression.THRESHOLD == 0.01


def test_magnitude_takes_as_many_and_the_smallest(tiny_arena, adapted):
    one, other = adapted["a-described"], adapted["a-magnitude"]
    assert one.found["sparsity"] == other.found["sparsity"] > 0
    before = {name: np.abs(p.data) for name, p in matrices(tiny_arena.model()).items()}
    gone = {name: p.data == 0 for name, p in matrices(other.model).items()}
    largest_gone = max(before[name][where].max() for name, where in gone.items() if where.any())
    assert largest_gone <= min(before[name][~where].min() for name, where in gone.items() if not where.all())


def test_the_loss_after_pruning_is_that_of_the_pruned_base(tiny_arena, adapted):
    model = tiny_arena.model()
    for name, p in matrices(model).items():
        p.data = np.where(low(tiny_arena)[name], 0, p.data)
    expected = held_out_loss(model, tiny_arena.held_out["target"])
    assert adapted["a-described"].found["pruned_target_loss"] == pytest.approx(expected, rel=1e-6)
    assert adapted["a-magnitude"].found["pruned_target_loss"] != pytest.approx(expected, rel=1e-6)


class Watched(Arena):
    """An arena that notes what is trained, by what, for how many steps, and the first batch."""

    def train(self, model, optimizer, seed, steps, schedule=None, batches=None):
        batches = batches or self.batches(seed)
        first = next(batches)
        self.noted.append((model, optimizer, steps, first))
        return super().train(model, optimizer, seed, steps, schedule, iter([first, *islice(batches, steps - 1)]))


def watched(arena, name):
    watch = Watched(arena.folder)
    watch.noted = []
    BY_NAME[name].adapt(watch, 1e-3, 0, STEPS)
    return watch.noted


def test_the_articles_two_halves(tiny_arena):
    (distilled, sgd, half, first), (tuned, same, rest, later) = watched(tiny_arena, "a-described")
    assert isinstance(distilled, Masked) and isinstance(tuned, Masked) and (half, rest) == (STEPS // 2, STEPS - STEPS // 2)
    assert type(distilled.model) is SoftLabelDistillation and (distilled.model.hard, distilled.model.soft) == (1.0, 0.5)
    assert tuned.model is distilled.model.model and type(sgd) is SGD and sgd is same and sgd.momentum == 0
    untouched = tiny_arena.model()
    teacher = distilled.model.teacher
    assert all(np.array_equal(p.data, q.data) for p, q in zip(teacher.parameters(), untouched.parameters(), strict=True))
    fresh = list(islice(tiny_arena.batches(0), STEPS))
    assert np.array_equal(first[0], fresh[0][0]) and np.array_equal(later[0], fresh[STEPS // 2][0])


def test_its_neighbours_are_trained_as_they_are_published(tiny_arena):
    ((model, optimizer, steps, _),) = watched(tiny_arena, "a-magnitude")
    assert isinstance(model, Masked) and type(model.model) is Distillation and type(optimizer) is AdamW and steps == STEPS
    ((model, optimizer, steps, _),) = watched(tiny_arena, "a-structured")
    assert type(model) is Transformer and type(optimizer) is AdamW and steps == STEPS


def test_half_of_the_heads_and_rows_makes_the_model_smaller(tiny_arena, adapted):
    whole, model = tiny_arena.model(), adapted["a-structured"].model
    c, C = model.config, whole.config.d_model
    assert (c.n_heads, c.d_mlp) == (whole.config.n_heads // 2, whole.config.d_mlp // 2)
    found = measure(tiny_arena, adapted["a-structured"])
    cut = 6 * C * C + 3 * C // 2 + 2 * C  # half of 12 C^2, and of the biases of q, k, v and up
    assert found["parameters"] == count(whole) - cut and found["multiplications"] == 6 * C * C + c.vocab_size * C
    assert found["rank"] is None
