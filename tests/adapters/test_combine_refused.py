"""What cannot be combined is refused with a sentence, and nothing is changed."""

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, combine, inject, load_adapter, merge, save_adapter


@pytest.fixture
def two(small, spec_of, away):
    """two(method, other, r, s) -> a model with adapters one and two on attn.q."""

    def make(method="lora", other="lora", r=2, s=2):
        model = small()
        for seed, (name, kind, rank) in enumerate((("one", method, r), ("two", other, s))):
            inject(model, spec_of(kind, r=rank), "attn.q", rng=seed, name=name)
            away(model, name, seed)
        return model

    return make


REFUSED = {
    r"^names must be one or more different adapters, such as \('code', 'prose'\), got 'one'$": {"names": "one"},
    r"^names must be one or more different adapters, .* got \[\]$": {"names": []},
    r"^names must be one or more different adapters, .* got \['one', 'one'\]$": {"names": ["one", "one"]},
    "^the model has no adapter named 'four'; it has 'one', 'two'$": {"names": ["one", "four"]},
    r"^weights must be a number for each of the 2 names, got \[1\]$": {"weights": [1]},
    "^weights must be a number for each of the 2 names, got 5$": {"weights": 5},
    "^names must be one or more different adapters, .* got None$": {"names": None},
    "^adapter name must be a string that is not empty and has no '.' or '/', got 'x/y'$": {"name": "x/y"},
    "^the sum is zero in blocks.0.attn.q, and with A = B = 0 nothing would ever learn: give other": {"weights": [0, 0]},
    "^weights must be finite numbers, got nan$": {"weights": [1, np.nan]},
    "^weights must be finite numbers, got 'x'$": {"weights": [1, "x"]},
    "^how must be one of cat, linear, svd, got 'ties'$": {"how": "ties"},
    "^r must be an integer, the rank that the svd is cut to, got None$": {"how": "svd"},
    "^r must be an integer, the rank that the svd is cut to, got 2.0$": {"how": "svd", "r": 2.0},
    "^r must be None: how='cat' gives the rank, got 3$": {"r": 3},
    r"^the rank of blocks.0.attn.q must be between 1 and min\(in, out\)=6, got 7 by how='svd': take": {"how": "svd", "r": 7},
    r"^the rank of blocks.0.attn.q must be between 1 and min\(in, out\)=6, got 0 by how='svd': take": {"how": "svd", "r": 0},
    "^blocks.0.attn.q has an adapter named 'one' already: take another name": {"name": "one"},
}


@pytest.mark.parametrize("message", REFUSED)
def test_wrong_arguments(two, state, same, message):
    model = two()
    before = state(model)
    with pytest.raises(ValueError, match=message) as error:
        combine(model, **({"names": ["one", "two"]} | REFUSED[message]))
    assert same(state(model), before) and "\n" not in str(error.value)


METHODS = {
    "^adapter 'two' is vera, which has no factors A and B for 'cat': take 'svd'$": {"other": "vera"},
    "^adapter 'one' is lokr, which has no factors A and B for 'cat': take 'svd'$": {"method": "lokr"},
    r"^the rank of blocks.0.attn.q must be between 1 and min\(in, out\)=6, got 8 by how='cat': take 'svd'": {"r": 4, "s": 4},
}


@pytest.mark.parametrize("message", METHODS)
def test_methods_and_ranks_that_cat_cannot_take(two, state, same, message):
    model = two(**METHODS[message])
    before = state(model)
    with pytest.raises(ValueError, match=message):
        combine(model, ["one", "two"])
    assert same(state(model), before)
    combine(model, ["one", "two"], how="svd", r=2)


def test_dora_does_not_add_up(small, spec_of, state, same):
    model = small()
    inject(model, spec_of("dora"), "attn.q", name="turned")
    inject(model, LoRA(r=2), "attn.v", name="plain")
    before = state(model)
    for how, r in (("cat", None), ("svd", 2)):
        with pytest.raises(ValueError, match="^adapter 'turned' is dora, whose change of W does not add up with others$"):
            combine(model, ["plain", "turned"], how=how, r=r)
        assert same(state(model), before)


def test_linear_needs_one_rank(two):
    for model in (two(s=3), two(other="pissa")):
        ranks = {name: len(adapter.A.data) * (2 if hasattr(adapter, "A0") else 1) for *_, name, adapter in adapters_of(model)}
        with pytest.raises(ValueError, match="^how='linear' adds factors of one rank, in blocks.0.attn.q they have") as error:
            combine(model, ["one", "two"], how="linear")
        assert f"{ranks}: take 'cat' or 'svd'" in str(error.value)


def test_what_is_merged(two, state, same):
    model = two()
    merge(model, "one")
    before = state(model)
    message = r"^adapter 'one' is merged into blocks.0.attn.q.W: call unmerge\(model\) before combine$"
    with pytest.raises(RuntimeError, match=message):
        combine(model, ["two", "one"])
    assert same(state(model), before)


def test_adapters_of_different_bases(small, two, tmp_path, state, same):
    """Each came from a file that says which weights it was trained on."""
    model, other, target = two(), two(), small()
    save_adapter(model, tmp_path / "one", "one")
    other.blocks[1].attn.o.W.data *= 2
    save_adapter(other, tmp_path / "two", "two")
    load_adapter(target, tmp_path / "one", "one")
    with pytest.warns(UserWarning, match="trained on another model"):
        load_adapter(target, tmp_path / "two", "two")
    before = state(target)
    message = r"^adapters 'one' and 'two' were trained on different bases: blocks\.1\.attn\.o\.W was not the same for both$"
    with pytest.raises(ValueError, match=message):
        combine(target, ["one", "two"])
    assert same(state(target), before)
    inject(target, LoRA(r=1), "attn.q", name="here")
    combine(target, ["one", "here"])
