"""Another rank and alpha for some layers, by pattern; settings as numbers."""

import json
import math
from dataclasses import asdict

import numpy as np
import pytest

from minilora.adapters import METHODS, LoRA, PiSSA, RSLoRA, adapters_of, inject, load_adapter, save_adapter
from minilora.gradcheck import check_model

RANKS = {"blocks.0.attn.q": 4, "attn.*": 3, "mlp.up": 5}
ALPHAS = {"mlp.*": 7, "blocks.1.*": 0.5}
EXPECTED = {  # r, alpha: of the first pattern that matches, else 2 and 3
    "blocks.0.attn.q": (4, 3), "blocks.0.attn.k": (3, 3), "blocks.0.mlp.up": (5, 7), "blocks.0.mlp.down": (2, 7),
    "blocks.1.attn.q": (3, 0.5), "blocks.1.mlp.up": (5, 7), "blocks.1.mlp.down": (2, 7),
}  # fmt: skip
RANKED = [method for method, spec in METHODS.items() if "rank_pattern" in spec.__dataclass_fields__]


def test_the_ranked_methods():
    assert set(METHODS) - set(RANKED) == {"vera", "svft", "lokr"}


@pytest.mark.parametrize("method", [method for method in RANKED if method != "lora-ga"])
def test_each_layer_has_its_own_rank_and_scale(hung, method):
    model = hung(method, settings={"rank_pattern": RANKS, "alpha_pattern": ALPHAS})
    found = {name: adapter for name, _, _, adapter in adapters_of(model)}
    for name, (r, alpha) in EXPECTED.items():
        ranks = {"adalora": lambda a: len(a.Q.data), "loha": lambda a: len(a.A1.data)}.get(method, lambda a: len(a.A.data))
        assert ranks(found[name]) == r, name
        assert found[name].scale == (alpha / math.sqrt(r) if method == "rslora" else alpha / r), name
    assert all(adapter.spec.rank_pattern == RANKS for adapter in found.values()), "the spec is the one that was given"


@pytest.mark.parametrize("spec", [LoRA, RSLoRA, PiSSA])
def test_they_travel_in_the_file(small, away, batch, tmp_path, spec):
    model = small()
    inject(model, spec(r=2, alpha=3, rank_pattern=RANKS, alpha_pattern=ALPHAS))
    away(model).eval()
    save_adapter(model, tmp_path)
    fresh = small().eval()
    load_adapter(fresh, tmp_path)
    assert np.array_equal(fresh.forward(batch[0]), model.forward(batch[0]))
    for (*_, a), (*_, b) in zip(adapters_of(model), adapters_of(fresh), strict=True):
        assert a.scale == b.scale and a.spec == b.spec and a.A.data.shape == b.A.data.shape


def test_gradients(small, away, batch):
    model = small(n_layers=1)
    inject(model, LoRA(r=2, alpha=3, rank_pattern={"attn.*": 3}, alpha_pattern={"mlp.*": 7, "attn.q": 2}))
    report = check_model(away(model), *batch)
    assert report.ok, str(report)


def test_a_rank_that_one_layer_cannot_have_is_refused_with_nothing_changed(small, state, same):
    model = small()
    before = state(model)
    with pytest.raises(ValueError, match=r"^lora rank must be between 1 and min\(in, out\)=6, got 7$"):
        inject(model, LoRA(r=2, rank_pattern={"blocks.1.mlp.down": 7}))
    assert same(state(model), before)


@pytest.mark.parametrize("option", ["rank_pattern", "alpha_pattern"])
def test_a_pattern_that_matches_nothing_is_refused(small, state, same, option):
    model = small()
    before = state(model)
    with pytest.raises(ValueError, match=rf"^{option} 'attn.w' matches none of the layers that .* name: blocks.0.attn.q, bl"):
        inject(model, LoRA(r=2, **{option: {"attn.q": 2, "attn.w": 3}}), "attn.q")
    assert same(state(model), before)


WRONG = {
    r"^lora rank_pattern\['q'\] must be an integer of at least 1, got 2.0$": {"rank_pattern": {"q": 2.0}},
    r"^lora rank_pattern\['q'\] must be an integer of at least 1, got True$": {"rank_pattern": {"q": True}},
    r"^lora alpha_pattern\['q'\] must be a finite number, got 'x'$": {"alpha_pattern": {"q": "x"}},
    r"^lora alpha_pattern\['q'\] must be a finite number, got inf$": {"alpha_pattern": {"q": math.inf}},
    r"^lora rank_pattern must map layer patterns to numbers, got \[1\]$": {"rank_pattern": [1]},
    r"^lora alpha_pattern must map layer patterns to numbers, got None$": {"alpha_pattern": None},
    r"^lora dropout must be a finite number, got '0.1'$": {"dropout": "0.1"},
}


@pytest.mark.parametrize("message", WRONG)
def test_a_pattern_of_something_else_is_refused(message):
    with pytest.raises(ValueError, match=message):
        LoRA(**WRONG[message])


def test_numbers_of_numpy_go_into_the_file(small, tmp_path):
    patterns = {"rank_pattern": {"attn.q": np.int64(3)}, "alpha_pattern": {"q": np.float32(5)}}
    spec = LoRA(np.int32(2), np.float32(3), np.float32(0.25), **patterns)
    assert json.loads(json.dumps(asdict(spec))) == asdict(spec)
    model = small(dtype="float32")
    inject(model, spec, ("attn.q", "attn.v"))
    save_adapter(model, tmp_path)
    fresh = small(dtype="float32")
    load_adapter(fresh, tmp_path)
    assert [adapter.scale for *_, adapter in adapters_of(fresh)] == [5 / 3, 3 / 2] * 2


def test_a_spec_keeps_its_patterns_whatever_becomes_of_the_dict():
    patterns = {"attn.q": 3}
    spec = LoRA(r=2, rank_pattern=patterns)
    patterns["attn.q"] = 5
    assert spec.at("blocks.0.attn.q").r == 3
