"""Masks and what training leaves of them; what article A's rule does to a small regression."""

import numpy as np
import pytest

from minilora.compress import Masked, matrices, prune, score_weights, sparsity
from minilora.compress.pruning import cut
from minilora.data import LanguageBatches
from minilora.nn import Transformer, TransformerConfig
from minilora.training import SGD, Adam, AdamW, Trainer

SEEDS = range(5)
ARTICLE_ALPHA = 0.01
IDS = np.array([[1, 5, 0, 3], [2, 2, 6, 4]])


@pytest.fixture
def trained(Regression):
    """trained(seed, steps) -> a regression of 40 weights after so many full-batch steps, and its batch.

    The features are of different sizes, so that some weights have converged while others are still on their way.
    """

    def make(seed, steps):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((200, 8)) * np.geomspace(0.3, 1.5, 8)
        y = x @ (2.2 * rng.standard_normal((8, 5))) + 0.1 * rng.standard_normal((200, 5))
        model = Regression(rng.standard_normal((5, 8)))
        optimizer = SGD(model.parameters(), lr=0.5)
        for _ in range(steps):
            model.zero_grad()
            model.loss(x, y)
            model.backward()
            optimizer.step()
        return model, (x, y)

    return make


def gradient_scores(model, batch):
    return score_weights(model, "gradient", [batch], targets=("map",))


@pytest.mark.parametrize("seed", SEEDS)
def test_at_convergence_the_articles_threshold_prunes_everything(trained, seed):
    model, batch = trained(seed, steps=3000)
    before = model.loss(*batch)
    masks = prune(model, gradient_scores(model, batch), threshold=ARTICLE_ALPHA)
    assert masks["map.W"].size == 40 and not masks["map.W"].any() and not model.map.W.data.any()
    assert before == pytest.approx(0.01, rel=0.15)  # the variance of the noise
    assert model.loss(*batch) == pytest.approx((batch[1] ** 2).mean(), rel=1e-12)  # it predicts nothing now
    assert model.loss(*batch) > 1000 * before


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("steps", [20, 50, 100])
def test_on_the_way_magnitude_loses_less_at_the_same_budget(trained, seed, steps):
    model, batch = trained(seed, steps)
    budget = (gradient_scores(model, batch)["map.W"] >= ARTICLE_ALPHA).mean()
    assert 0 < budget < 1
    losses = {}
    for kind in ("gradient", "magnitude"):
        model, batch = trained(seed, steps)
        masks = prune(model, score_weights(model, kind, [batch], targets=("map",)), share=budget)
        assert masks["map.W"].mean() == budget
        losses[kind] = model.loss(*batch)
    assert losses["magnitude"] < losses["gradient"]


def drop_small_tensors(model, threshold):
    """What article A's code does: not a score of each weight but one number a tensor, mean |theta|; and no gradient in it."""
    for p in model.parameters():
        if abs(p.data).mean() < threshold:
            p.data = np.zeros_like(p.data)


def test_the_articles_code_takes_all_of_a_tensor_or_nothing(small):
    model = small("tiny-gpt")
    drop_small_tensors(model, threshold=0.5)  # about the mean of the weights' sizes, so that half of the tensors fall under it
    shares = [(p.data == 0).mean() for p in model.parameters()]
    assert {*shares} == {0.0, 1.0}


def test_the_articles_code_goes_by_the_unit_of_the_inputs(trained):
    """Nothing of a regression is dropped; with inputs in thousandths of the unit, the same function loses all."""
    model, (x, y) = trained(0, steps=3000)
    before = model.loss(x, y)
    drop_small_tensors(model, ARTICLE_ALPHA)
    assert model.loss(x, y) == before
    model.map.W.data = model.map.W.data / 1000
    assert model.loss(1000 * x, y) == pytest.approx(before, rel=1e-9)
    drop_small_tensors(model, ARTICLE_ALPHA)
    assert model.loss(1000 * x, y) > 1000 * before


def test_the_articles_code_cuts_a_new_transformer_off():
    """The maps back into the residual stream start smallest, at .02 / sqrt(2 n_layers): all go, and no block does anything."""
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=103), rng=0)
    drop_small_tensors(model, ARTICLE_ALPHA)
    gone = {name for name, share in sparsity(model).items() if share == 1}
    assert gone == {f"blocks.{i}.{layer}.W" for i in range(4) for layer in ("attn.o", "mlp.down")}


@pytest.mark.parametrize("per", ["model", "matrix"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_a_budget_keeps_exactly_so_many_of_the_highest(small, per, share):
    model = small("tiny-llama")
    before = {name: p.data.copy() for name, p in matrices(model).items()}
    scores = score_weights(model, "magnitude")
    masks = prune(model, scores, share=share, per=per)
    groups = [[name] for name in scores] if per == "matrix" else [list(scores)]
    for group in groups:
        s = np.concatenate([scores[name].ravel() for name in group])
        kept = np.concatenate([masks[name].ravel() for name in group])
        assert kept.sum() == round(share * len(s))
        assert kept.all() or not kept.any() or s[kept].min() >= s[~kept].max()
    for name, p in matrices(model).items():
        assert np.array_equal(p.data, np.where(masks[name], before[name], 0))


def test_equal_scores_are_cut_to_the_budget_too(Regression):
    model = Regression(np.ones((3, 5)))
    masks = prune(model, {"map.W": np.ones((3, 5))}, share=0.4)
    assert masks["map.W"].sum() == 6 == model.map.W.data.sum()


def test_a_threshold_keeps_what_reaches_it(Regression):
    model = Regression(np.array([[1.0, -2.0, 3.0]]))
    masks = prune(model, {"map.W": np.array([[0.1, 0.2, 0.3]])}, threshold=0.2)
    assert masks["map.W"].tolist() == [[False, True, True]] and model.map.W.data.tolist() == [[0, -2, 3]]


def test_per_matrix_and_per_model_differ(small):
    model, other = small("tiny-gpt"), small("tiny-gpt")
    for m in (model, other):
        m.blocks[0].attn.q.W.data = m.blocks[0].attn.q.W.data / 1000
    scores = score_weights(model, "magnitude")
    prune(model, scores, share=0.5)
    prune(other, scores, share=0.5, per="matrix")
    assert sparsity(model)["blocks.0.attn.q.W"] == 1 and sparsity(other)["blocks.0.attn.q.W"] == 0.5
    assert sparsity(model)["total"] == sparsity(other)["total"] == 0.5


OPTIMIZERS = {
    "SGD": lambda parameters: SGD(parameters, lr=0.1, momentum=0.9),
    "Adam": lambda parameters: Adam(parameters, lr=0.01),
    "AdamW": lambda parameters: AdamW(parameters, lr=0.01, weight_decay=0.1),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_pruned_weights_stay_zero_while_the_others_learn(small, optimizer, tmp_path):
    model = small("tiny-gpt", dropout=0.1)
    masks = prune(model, score_weights(model, "magnitude"), share=0.4)
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    masked = Masked(model, masks)
    batches = LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
    Trainer(masked, OPTIMIZERS[optimizer](model.parameters()), batches, folder=tmp_path, accumulate=2, progress=False).run(12)
    for name, p in model.named_parameters():
        kept = masks.get(name, np.ones(p.data.shape, dtype=bool))
        assert not p.data[~kept].any()
        assert (p.data != before[name])[kept].mean() > 0.6 or name.endswith("k.b")  # a row whose way out is pruned stands still
    assert sparsity(model)["total"] == pytest.approx(0.6, abs=1e-3)


def test_a_run_of_a_masked_model_resumes_to_the_same_bits(small, tmp_path):
    def trainer(folder):
        model = small("tiny-gpt", dropout=0.1)
        masks = prune(model, score_weights(model, "magnitude"), share=0.4)
        batches = LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
        return Trainer(Masked(model, masks), AdamW(model.parameters(), lr=0.01), batches, folder=folder, progress=False)

    whole = trainer(None)
    whole.run(9)
    trainer(tmp_path).run(4)
    resumed = trainer(tmp_path)
    assert resumed.resume() and resumed.step == 4
    resumed.run(9)
    for a, b in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        assert np.array_equal(a.data, b.data)


def test_an_optimizer_from_before_pruning_is_noticed(small):
    model = small("tiny-gpt")
    optimizer, batches = Adam(model.parameters(), lr=0.01), LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
    Trainer(model, optimizer, batches, progress=False).run(3)
    masked = Masked(model, prune(model, score_weights(model, "magnitude"), share=0.5))
    with pytest.raises(RuntimeError, match=r"^pruned weights of blocks\.0\.attn\.q\.W are no longer zero: an optimizer"):
        Trainer(masked, optimizer, batches, progress=False).run(3)


def test_a_masked_gradient_is_the_models_less_what_is_pruned(small):
    model = small("tiny-gpt")
    masks = prune(model, score_weights(model, "magnitude"), share=0.5)
    masked = Masked(model, masks)
    masked.zero_grad()
    loss = model.loss(IDS[:, :-1], IDS[:, 1:])
    model.backward()
    full = {name: p.grad.copy() for name, p in model.named_parameters()}
    masked.zero_grad()
    assert masked.loss(IDS[:, :-1], IDS[:, 1:]) == loss
    masked.backward()
    for name, p in masked.named_parameters():
        assert np.array_equal(p.grad, full[name] * masks.get(name, True))
        assert name not in masks or full[name][~masks[name]].any()


def test_what_is_cut_is_zero_whatever_it_was():
    a, M = np.array([1.0, np.inf, np.nan, -2]), np.array([True, False, False, True])
    np.testing.assert_array_equal(cut(a, M), [1, 0, 0, -2])


def test_a_frozen_matrix_can_be_masked(small):
    model = small("tiny-gpt")
    masks = prune(model, score_weights(model, "magnitude"), share=0.5)
    model.blocks[0].attn.q.W.trainable = False
    masked = Masked(model, masks)
    masked.loss(IDS[:, :-1], IDS[:, 1:])
    masked.backward()
    assert model.blocks[0].attn.q.W.grad is None


def test_the_report_counts_zeros(Regression):
    model = Regression(np.array([[0.0, 1, 2], [0, 0, 3]]))
    assert sparsity(model, matrices(model, ("map",))) == {"map.W": 0.5, "total": 0.5}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give share or threshold, one of them, got share=None and threshold=None"),
        ({"share": 0.5, "threshold": 0.1}, "give share or threshold, one of them, got share=0.5 and threshold=0.1"),
        ({"share": 1.5}, "share must be from 0 to 1, the part of the weights that stays, got 1.5"),
        ({"share": 0.5, "per": "layer"}, "per must be 'model' or 'matrix', got 'layer'"),
        ({"share": 0.5, "scores": {}}, r"scores are empty: give \{parameter name: array\}, at least one"),
        ({"share": 0.5, "scores": {"map": np.ones((2, 3))}}, "scores name 'map', which is no parameter of the model; it has map"),
        ({"share": 0.5, "scores": {"map.W": np.ones(3)}}, r"scores of map.W must have its shape \(2, 3\), got \(3,\)"),
        ({"share": 0.5, "scores": {"map.W": np.full((2, 3), np.nan)}}, "scores of map.W hold NaN or infinity: look for where"),
    ],
)
def test_what_cannot_be_pruned_is_refused_and_nothing_is_changed(Regression, options, message):
    model = Regression(np.ones((2, 3)))
    options = {"scores": {"map.W": np.ones((2, 3))}} | options
    with pytest.raises(ValueError, match=f"^{message}"):
        prune(model, options.pop("scores"), **options)
    assert (model.map.W.data == 1).all()


def test_a_mask_of_another_model_is_refused(Regression):
    with pytest.raises(ValueError, match=r"^masks of map.W must have its shape \(2, 3\), got \(3, 2\)"):
        Masked(Regression(np.ones((2, 3))), {"map.W": np.ones((3, 2), dtype=bool)})


def test_pruning_and_training_on_a_device(strict, run_on):
    def train():
        model = Transformer(TransformerConfig(7, block_size=5, n_layers=1, n_heads=2, d_model=6), dtype="float64")
        prune(model, score_weights(model, "magnitude"), threshold=0.001)
        masks = prune(model, score_weights(model, "magnitude"), share=0.5)
        masked = Masked(model, masks)
        batches = LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
        Trainer(masked, SGD(model.parameters(), lr=0.1), batches, progress=False).run(3)
        return {name: p.data for name, p in model.named_parameters()}, sparsity(model)

    (expected, shares), (got, same) = train(), run_on(strict, train)
    assert shares == same
    for name, a in got.items():
        np.testing.assert_allclose(strict.asnumpy(a), expected[name], rtol=1e-9, atol=1e-12)
