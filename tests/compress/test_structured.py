"""A smaller model computes what the larger one computes, where what is cut out had no part in it."""

import numpy as np
import pytest

from minilora import backend
from minilora.adapters import LoRA, inject, merge, remove
from minilora.compress import head_scores, highest, matrices, row_scores, score_weights, shrink
from minilora.compress.structured import unit_values
from minilora.data import LanguageBatches
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW, Trainer, load_checkpoint, save_checkpoint

IDS = np.array([[1, 5, 0, 3, 6], [2, 2, 6, 4, 1]])
MODELS = {
    "gpt": ("tiny-gpt", {"n_heads": 5, "n_kv_heads": 5}),
    "gpt, q k v in one, untied": ("tiny-gpt", {"n_heads": 5, "n_kv_heads": 5, "fused_qkv": True, "tied": False}),
    "llama, grouped": ("tiny-llama", {"n_heads": 6, "n_kv_heads": 3}),
    "llama, grouped, in one, every bias": (
        "tiny-llama",
        {"n_heads": 6, "n_kv_heads": 3, "fused_qkv": True, "attn_bias": True, "mlp_bias": True},
    ),
    "bert": ("tiny-bert", {"n_heads": 5, "n_kv_heads": 5}),
    "classifier": ("tiny-bert", {"n_heads": 5, "n_kv_heads": 5, "n_classes": 3}),
}
KEPT_ROWS = [[0, 2, 3, 7], [8, 1, 5, 4]]  # of 9, a different choice in each block


def kept_heads(model):
    return [[0, 2], [2, 1]] if model.config.n_kv_heads == 3 else [[0, 2, 4], [3, 1, 2]]


@pytest.fixture(params=MODELS)
def model(small, request):
    preset, fields = MODELS[request.param]
    return small(preset, **fields)


def silence(model, heads, rows):
    """Zero the columns of o and of down that belong to the units not kept."""
    c = model.config
    width = c.n_heads // c.n_kv_heads * c.d_head  # of one unit: all of the query heads of a key head
    for block, kept_units, kept_rows in zip(model.blocks, heads, rows, strict=True):
        for j in {*range(c.n_kv_heads)} - {*kept_units}:
            block.attn.o.W.data[:, j * width : (j + 1) * width] = 0
        for j in {*range(c.d_mlp)} - {*kept_rows}:
            block.mlp.down.W.data[:, j] = 0


def test_what_had_no_part_can_go(model):
    heads = kept_heads(model)
    before = [p.data.copy() for p in model.parameters()]
    assert not np.allclose(shrink(model, heads, KEPT_ROWS).forward(IDS), model.forward(IDS))
    for p, b in zip(model.parameters(), before, strict=True):
        assert np.array_equal(p.data, b)
    silence(model, heads, KEPT_ROWS)
    expected = model.forward(IDS)
    for smaller in (shrink(model, heads, KEPT_ROWS), shrink(model, heads=heads), shrink(model, rows=KEPT_ROWS)):
        np.testing.assert_allclose(smaller.forward(IDS), expected, rtol=1e-11, atol=1e-12)
    assert np.array_equal(shrink(model).forward(IDS), expected)


def test_the_smaller_model_holds_as_many_numbers_as_the_formula_says(model):
    c, heads = model.config, kept_heads(model)
    smaller = shrink(model, heads, KEPT_ROWS)
    G, D, C = c.n_heads // c.n_kv_heads, c.d_head, c.d_model
    of_a_unit = 2 * (G + 1) * D * C + (G + 2) * D * c.attn_bias
    of_a_row = (3 * C + 2 * c.mlp_bias) if c.mlp == "swiglu" else 2 * C + c.mlp_bias
    gone = c.n_layers * ((c.n_kv_heads - len(heads[0])) * of_a_unit + (c.d_mlp - 4) * of_a_row)
    assert count(model) - count(smaller) == gone > 0
    assert (smaller.config.n_heads, smaller.config.n_kv_heads, smaller.config.d_mlp) == (G * len(heads[0]), len(heads[0]), 4)
    assert smaller.config.d_head == D and smaller.dtype == model.dtype
    assert [name for name, _ in smaller.named_parameters()] == [name for name, _ in model.named_parameters()]
    assert (smaller.head.W is smaller.embed.W) == (model.head.W is model.embed.W)


def count(model):
    return sum(p.data.size for p in model.parameters())


@pytest.mark.parametrize("part", ["attn", "mlp"])
def test_a_units_score_is_the_sum_over_what_shrink_keeps_of_it(model, part):
    """The scores, put in the place of the weights: a model shrunk to one unit holds the scores that belong to it."""
    scores = {name: np.random.default_rng(0).random(p.data.shape) for name, p in matrices(model).items()}
    scored = Transformer(model.config, dtype="float64")
    for name, p in scored.named_parameters():
        p.data = scores.get(name, np.zeros(p.data.shape))
    unit_scores, what = (head_scores, "heads") if part == "attn" else (row_scores, "rows")
    found = unit_scores(model, scores)
    for unit in range(len(found[0])):
        alone = shrink(scored, **{what: [[unit]] * 2})
        for i in (0, 1):
            owned = sum(p.data.sum() for name, p in alone.named_parameters() if name.startswith(f"blocks.{i}.{part}."))
            assert found[i][unit] == pytest.approx(owned, rel=1e-12)
    for i in (0, 1):  # every weight belongs to one unit
        whole = sum(s.sum() for name, s in scores.items() if name.startswith(f"blocks.{i}.{part}."))
        assert found[i].sum() == pytest.approx(whole, rel=1e-12)


def test_the_highest_are_kept_in_their_order():
    scores = [np.array([3.0, 1, 4, 1, 5]), np.array([9.0, 2, 6, 5, 3])]
    assert highest(scores, 3) == [[0, 2, 4], [0, 2, 3]]
    assert highest([np.array([1.0, 1, 1])], 2) == [[0, 1]]


def test_scores_find_the_silent_units(model):
    heads = kept_heads(model)
    silence(model, heads, KEPT_ROWS)
    expected = model.forward(IDS)
    targets = np.array([1, 0]) if model.config.n_classes else (IDS + 1) % 7
    scores = score_weights(model, "taylor", [(IDS, targets)])  # no gradient reaches what is silent, but its column of zeros does
    found = [highest(of(model, scores), len(kept[0])) for of, kept in ((head_scores, heads), (row_scores, KEPT_ROWS))]
    assert found == [[sorted(units) for units in heads], [sorted(units) for units in KEPT_ROWS]]
    np.testing.assert_allclose(shrink(model, *found).forward(IDS), expected, rtol=1e-11, atol=1e-12)


def test_the_smaller_model_trains_is_saved_and_leaves_the_larger_alone(small, tmp_path):
    model = small("tiny-gpt", dropout=0.1).eval()
    model.embed.W.trainable = False
    before = [p.data.copy() for p in model.parameters()]
    smaller = shrink(model, heads=[[1], [0]])
    assert not smaller.training and not smaller.embed.W.trainable and smaller.head.W.trainable is False
    batches = LanguageBatches(list(range(7)) * 9, 5, 3, rng=0)
    history = Trainer(smaller, AdamW(smaller.parameters(), lr=0.02), batches, progress=False).run(60)
    assert history[-1]["loss"] < 0.8 * history[0]["loss"]
    assert all(np.array_equal(p.data, b) for p, b in zip(model.parameters(), before, strict=True))
    save_checkpoint(tmp_path, smaller)
    again = Transformer(smaller.config, rng=5, dtype="float64")
    load_checkpoint(tmp_path, again)
    assert np.array_equal(again.eval().forward(IDS), smaller.eval().forward(IDS))


def test_an_adapter_must_be_out_first(small):
    model = small("tiny-gpt")
    inject(model, LoRA(r=2, alpha=4), targets=("attn.q",))
    with pytest.raises(RuntimeError, match="^the model has an adapter 'default', whose shapes would not fit: merge"):
        shrink(model, heads=[[0], [1]])
    merge(model)
    remove(model, "default")
    assert shrink(model, heads=[[0], [1]]).config.n_heads == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"heads": [[0]]}, "heads must list the units to keep for each of 2 blocks, got 1 lists"),
        ({"heads": [[0], [2]]}, r"heads must be different numbers from 0 to 1, at least one a block, got \[2\]"),
        ({"heads": [[0, 0], [0, 1]]}, r"heads must be different numbers from 0 to 1, at least one a block, got \[0, 0\]"),
        ({"rows": [[], []]}, r"rows must be different numbers from 0 to 8, at least one a block, got \[\]"),
        ({"rows": [[-1], [0]]}, r"rows must be different numbers from 0 to 8, at least one a block, got \[-1\]"),
        ({"rows": [[0, 1], [0]]}, "rows must keep as many units in every block, as one config describes them all, got 2, 1"),
    ],
)
def test_what_cannot_be_kept_is_refused(small, arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        shrink(small("tiny-gpt"), **arguments)


def test_scores_that_lack_a_matrix_are_refused(small):
    model = small("tiny-gpt")
    scores = score_weights(model, "magnitude", targets=("attn.q",))
    with pytest.raises(ValueError, match=r"^scores must have 'blocks\.0\.attn\.o\.W', as a unit owns part of it"):
        head_scores(model, scores)
    for keep in (0, 3):
        with pytest.raises(ValueError, match=f"^keep must be from 1 to 2, the units of a block, got {keep}"):
            highest(head_scores(model, score_weights(model, "magnitude")), keep)


def test_shrinking_on_a_device(strict, run_on):
    def logits():
        model = Transformer(TransformerConfig(7, block_size=5, n_layers=1, n_heads=3, d_model=6, d_head=4), dtype="float64")
        scores = score_weights(model, "magnitude")
        return shrink(model, highest(head_scores(model, scores), 2), highest(row_scores(model, scores), 5)).forward(IDS)

    np.testing.assert_allclose(backend.asnumpy(run_on(strict, logits)), logits(), rtol=1e-9)


def test_the_values_of_a_unit_are_those_that_go_with_it(model):
    """One unit of attention and one row fewer in every block."""
    c = model.config
    smaller = shrink(model, [range(c.n_kv_heads - 1)] * c.n_layers, [range(c.d_mlp - 1)] * c.n_layers)
    gone = sum(p.data.size for p in model.parameters()) - sum(p.data.size for p in smaller.parameters())
    gate = c.mlp == "swiglu"
    values = unit_values(c.d_model, c.d_head, c.n_heads // c.n_kv_heads, c.attn_bias, c.mlp_bias, gate)
    assert gone == c.n_layers * sum(values)
