"""Scores against closed forms and finite differences; the gradient's failure at a minimum is in test_pruning."""

import itertools

import numpy as np
import pytest

from minilora.adapters import LoRA, inject
from minilora.compress import SCORES, Movement, matrices, mean_gradients, score_weights
from minilora.data import LanguageBatches
from minilora.nn import Transformer, TransformerConfig
from minilora.training import SGD, Trainer

BATCHES = [
    (np.array([[1, 5, 0], [2, 2, 6]]), np.array([[5, 0, 3], [2, 6, 4]])),
    (np.array([[0, 4, 4], [3, 1, 2]]), np.array([[4, 4, 1], [-100, 2, 2]])),
    (np.array([[6, 3, 5]]), np.array([[3, 5, 6]])),
]


def numeric_gradient(f, w):
    """df/dw of every entry, by the five-point formula (error of order step^4)."""
    g = np.zeros_like(w)
    step = 1e-3
    for at in np.ndindex(w.shape):
        kept, values = w[at], {}
        for k in (-2, -1, 1, 2):
            w[at] = kept + k * step
            values[k] = f()
        w[at] = kept
        g[at] = (8 * (values[1] - values[-1]) - (values[2] - values[-2])) / (12 * step)
    return g


def test_every_score_of_every_weight_against_finite_differences(small):
    model = small("tiny-gpt", n_layers=1)
    for p in model.parameters():
        p.data = p.data * 0.3  # smooth enough for the five-point formula
    found = {kind: score_weights(model, kind, BATCHES) for kind in SCORES}
    for name, p in matrices(model).items():
        per_batch = np.stack([numeric_gradient(lambda b=batch: model.loss(*b), p.data) for batch in BATCHES])
        g, h, w = per_batch.mean(axis=0), (per_batch**2).mean(axis=0), p.data
        expected = {"gradient": abs(g), "magnitude": abs(w), "taylor": (w * g) ** 2, "obd": h * w**2 / 2, "snip": abs(w * g)}
        assert tuple(expected) == SCORES
        for kind, s in expected.items():
            np.testing.assert_allclose(found[kind][name], s, rtol=1e-6, atol=1e-7 * s.max(), err_msg=f"{kind} {name}")


def test_the_blocks_matrices_are_scored_unless_told_otherwise(small):
    model = small("tiny-llama")
    layers = ["attn.q", "attn.k", "attn.v", "attn.o", "mlp.gate", "mlp.up", "mlp.down"]
    expected = {f"blocks.{i}.{layer}.W" for i in (0, 1) for layer in layers}
    assert set(score_weights(model, "magnitude")) == expected
    assert list(score_weights(model, "snip", BATCHES, targets=("blocks.1.attn.v", "head"))) == ["blocks.1.attn.v.W", "embed.W"]


def test_obd_is_exactly_what_removing_a_weight_costs_where_its_assumptions_hold(Regression):
    """L = (W x - y)^2 at its minimum, each x once with residual e and once with -e: g = 0, and with e^2 = 1/2 the mean of
    g_b^2 = (2 e x)^2 is the Hessian's diagonal, the mean of 2 x^2."""
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal((11, 5)), rng.standard_normal((1, 5))
    batches = [(x[None], x[None] @ W.T + e) for x in X for e in (0.5**0.5, -(0.5**0.5))]
    model = Regression(W.copy())
    assert np.abs(mean_gradients(model, batches, targets=("map",)).mean["map.W"]).max() < 1e-14
    scores = score_weights(model, "obd", batches, targets=("map",))["map.W"]

    def loss():
        return np.mean([model.loss(*batch) for batch in batches])

    least = loss()
    for j in range(5):
        model.map.W.data[0, j] = 0
        assert scores[0, j] == pytest.approx(loss() - least, rel=1e-9)
        model.map.W.data[0, j] = W[0, j]


def test_one_batch_makes_obd_half_of_taylor_and_snip_its_root(small):
    model = small("tiny-gpt", n_layers=1)
    obd, taylor, snip = (score_weights(model, kind, BATCHES[:1]) for kind in ("obd", "taylor", "snip"))
    for name in obd:
        np.testing.assert_allclose(obd[name], taylor[name] / 2, rtol=1e-12)
        np.testing.assert_allclose(snip[name] ** 2, taylor[name], rtol=1e-12)


def test_scoring_leaves_weights_mode_and_generator_alone(small):
    model = small("tiny-gpt", dropout=0.5).train()
    before, state = [p.data.copy() for p in model.parameters()], model.rng.bit_generator.state
    first = score_weights(model, "taylor", BATCHES)
    again = score_weights(model, "taylor", BATCHES)  # with dropout on, it would differ
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert model.training and model.blocks[0].training and model.rng.bit_generator.state == state
    assert all(np.array_equal(p.data, b) and not p.grad.any() for p, b in zip(model.parameters(), before, strict=True))
    score_weights(model.eval(), "taylor", BATCHES)
    assert not model.training


def test_movement_is_the_path_of_the_weights(Regression):
    """By plain SGD -g is (w_next - w) / lr, so the score can be read off the path, without a gradient."""
    rng = np.random.default_rng(1)
    U, batches = rng.standard_normal((3, 5)), []
    for _ in range(6):
        x = rng.standard_normal((7, 5))
        batches.append((x, x @ U.T))
    model = Regression(rng.standard_normal((3, 5)))
    movement, lr = Movement(model, targets=("map",)), 0.05
    optimizer, path = SGD(model.parameters(), lr), [model.map.W.data.copy()]
    for batch in batches:
        movement.zero_grad()
        movement.loss(*batch)
        movement.backward()
        optimizer.step()
        path.append(model.map.W.data.copy())
    expected = sum(w * (later - w) / lr for w, later in itertools.pairwise(path))
    np.testing.assert_allclose(movement.scores["map.W"], expected, rtol=1e-10)
    assert (expected < 0).any() and (expected > 0).any()


def test_movement_counts_each_of_accumulated_batches_once(small):
    model = small("tiny-gpt", n_layers=1)
    apart, together = Movement(model), Movement(model)
    for movement in (apart, together):
        for batch in BATCHES:
            if movement is apart:
                movement.zero_grad()
            movement.loss(*batch)
            movement.backward()
    for name, s in together.scores.items():
        np.testing.assert_allclose(s, apart.scores[name], rtol=1e-9, atol=1e-15)


def test_the_trainer_trains_a_movement_as_it_trains_the_model(small):
    weights = []
    for wrap in (lambda model: model, Movement):
        model = small("tiny-gpt", n_layers=1)
        seen = wrap(model)
        batches = LanguageBatches(list(range(7)) * 4, 5, 3, rng=0)
        Trainer(seen, SGD(model.parameters(), lr=0.1), batches, progress=False, clip=1.0).run(4)
        weights.append([p.data for p in model.parameters()])
    assert all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))
    assert all(s.any() for s in seen.scores.values())


def test_what_cannot_be_scored_is_refused(small):
    model = small("tiny-gpt")
    with pytest.raises(ValueError, match=r"^kind must be one of gradient, magnitude, taylor, obd, snip, got 'grad'$"):
        score_weights(model, "grad", BATCHES)
    with pytest.raises(ValueError, match="got 'movement'; movement adds up while training: see Movement"):
        score_weights(model, "movement", BATCHES)
    for none in (None, []):
        with pytest.raises(ValueError, match=rf"^batches must be a list .* at least one, got {none}".replace("[]", r"\[\]")):
            score_weights(model, "snip", none)
    with pytest.raises(ValueError, match=r"got a LanguageBatches: pass list\(itertools.islice\(batches, 16\)\)"):
        score_weights(model, "snip", LanguageBatches(list(range(7)), 5, 2, rng=0))
    with pytest.raises(ValueError, match="matches no linear layer"):
        score_weights(model, "magnitude", targets=("attn.w",))
    inject(model, LoRA(r=2, alpha=4), targets=("attn.q",))
    for refused in (lambda: score_weights(model, "obd", BATCHES), lambda: Movement(model)):
        with pytest.raises(ValueError, match=r"^blocks\.0\.attn\.q\.W is frozen, so it has no gradient to score by"):
            refused()
    assert set(score_weights(model, "magnitude")) >= {"blocks.0.attn.q.W"}


def test_scores_on_a_device(strict, run_on):
    def scores():
        model = Transformer(TransformerConfig(7, block_size=5, n_layers=1, n_heads=2, d_model=6), dtype="float64")
        movement = Movement(model)
        movement.loss(*BATCHES[0])
        movement.backward()
        found = {kind: score_weights(model, kind, BATCHES) for kind in SCORES} | {"movement": movement.scores}
        return {f"{kind} {name}": a for kind, s in found.items() for name, a in s.items()}

    expected, got = scores(), run_on(strict, scores)
    for name, a in got.items():
        np.testing.assert_allclose(strict.asnumpy(a), expected[name], rtol=1e-9, atol=1e-12 * abs(expected[name]).max())
