"""The base that an adapter belongs to follows it, through files and into a combination."""

import numpy as np
import pytest

from minilora.adapters import LoRA, combine, inject, load_adapter, save_adapter


@pytest.fixture
def foreign(small, move, tmp_path):
    """The folder of an adapter that was trained on a model with another embedding."""
    model = small()
    model.embed.W.data = model.embed.W.data + 1
    inject(model, LoRA(r=2), "attn.q")
    move(model)
    save_adapter(model, tmp_path / "foreign")
    return tmp_path / "foreign"


def test_a_foreign_adapter_that_is_saved_again_is_foreign_still(small, foreign, tmp_path):
    model = small()
    with pytest.warns(UserWarning, match="trained on another model: embed.W is not the same here$"):
        load_adapter(model, foreign)
    save_adapter(model, tmp_path / "again")
    assert (tmp_path / "again" / "adapter.json").read_bytes() == (foreign / "adapter.json").read_bytes()
    with pytest.warns(UserWarning, match="trained on another model: embed.W is not the same here$"):
        load_adapter(small(), tmp_path / "again")


def test_a_foreign_adapter_is_not_combined_with_one_that_was_trained_here(small, move, state, same, foreign):
    model = small()
    with pytest.warns(UserWarning, match="trained on another model"):
        load_adapter(model, foreign, name="foreign")
    inject(model, LoRA(r=2), "attn.q", name="own")
    move(model, "own")
    before = state(model)
    for names in (("own", "foreign"), ("foreign", "own")):
        with pytest.raises(ValueError, match="were trained on different bases: embed.W was not the same for both$"):
            combine(model, names)
    assert same(state(model), before)


def test_a_loaded_adapter_of_this_base_is_combined_with_one_that_was_trained_here(small, move, tmp_path):
    source, model = small(), small()
    inject(source, LoRA(r=2), "attn.q")
    move(source)
    save_adapter(source, tmp_path)
    load_adapter(model, tmp_path, name="loaded")
    inject(model, LoRA(r=2), "attn.q", name="own")
    move(model, "own", seed=4)
    assert all(row["error"] < 1e-12 < row["wanted"] for row in combine(model, ("loaded", "own")))


def test_a_sum_of_zero_is_refused_where_nothing_could_learn(small, move):
    model = small()
    for name in ("one", "two"):
        inject(model, LoRA(r=2), "attn.q", name=name)
        move(model, name)
    with pytest.raises(ValueError, match="^the sum is zero in blocks.0.attn.q, and with A = B = 0 nothing would ever learn"):
        combine(model, ("one", "two"), weights=(0, 0))
    for row in combine(model, ("one", "two"), weights=np.array([1.0, 0.0])):
        assert row["wanted"] > 0
