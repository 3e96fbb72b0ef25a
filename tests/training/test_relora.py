import numpy as np
import pytest

from minilora.adapters import DoRA, LoRA, PiSSA, adapters_of, disable, enable, inject, merge
from minilora.training import AdamW, ReLoRAAdamW

TARGETS = ("attn.q", "mlp.up")


def adapted(small, spec=None, targets=TARGETS, **options):
    model = small(**options)
    inject(model, spec or LoRA(r=2, alpha=4), targets=targets, rng=options.get("rng", 0))
    return model


def effective(model):
    """{layer: W + Delta W} of the adapted layers."""
    return {name: layer.W.data + adapter.delta() for name, layer, _, adapter in adapters_of(model)}


def test_a_restart_does_not_change_the_function_but_everything_below_it(small, train):
    model = adapted(small)
    optimizer = ReLoRAAdamW(model, lr=0.02, every=100)
    train(model, optimizer, 5)
    ids = np.array([[1, 2, 3, 4]])
    before, logits = {name: p.data.copy() for name, p in model.named_parameters()}, model.forward(ids)
    optimizer.restart()
    np.testing.assert_allclose(model.forward(ids), logits, rtol=1e-12)
    for name, layer, _, adapter in adapters_of(model):
        A, r_in = adapter.A.data, adapter.A.data.shape[1]
        assert not adapter.B.data.any() and np.abs(A).max() <= 1 / np.sqrt(r_in) < 1.3 * np.abs(A).max()
        assert not np.isclose(A, before[adapter.A.name]).any()
        delta = 2 * before[adapter.B.name] @ before[adapter.A.name]
        np.testing.assert_allclose(layer.W.data, before[f"{name}.W"] + delta, rtol=1e-12)
        assert np.abs(delta).max() > 1e-3
    touched = {f"{name}.W" for name, *_ in adapters_of(model)} | {p.name for p in optimizer.parameters}
    assert {name for name, p in model.named_parameters() if not np.array_equal(p.data, before[name])} == touched


def test_the_rank_of_the_change_grows_with_every_restart(small, train):
    """By at most r for each adapter life, and beyond r, which plain LoRA never reaches."""
    model, plain = adapted(small), adapted(small)
    optimizer, start, other = ReLoRAAdamW(model, lr=0.02, every=4), effective(model), AdamW(plain.parameters(), lr=0.02)
    for life in (1, 2, 3):
        train(model, optimizer, 3)
        train(plain, other, 4)
        for name, W in effective(model).items():
            assert np.linalg.matrix_rank(W - start[name], tol=1e-10) == 2 * life, name
            assert np.linalg.matrix_rank(effective(plain)[name] - start[name], tol=1e-10) == 2
        train(model, optimizer, 1)  # the fourth step ends with the restart
        assert not any(adapter.B.data.any() for *_, adapter in adapters_of(model))


@pytest.mark.parametrize(("prune", "share"), [("magnitude", 0.25), ("random", 0.25), ("reset", 0.0)])
def test_the_moments_of_the_factors_are_pruned_and_no_others(small, train, prune, share):
    model = adapted(small, LoRA(r=4, alpha=4, bias="all"), d_mlp=40)
    optimizer = ReLoRAAdamW(model, lr=0.02, every=100, prune=prune, keep=0.25)
    train(model, optimizer, 3)
    before = optimizer.state()["arrays"]
    optimizer.restart()
    after = optimizer.state()["arrays"]
    for name in before:
        if name.endswith((".A", ".B")):
            kept = after[name] != 0
            assert np.array_equal(after[name][kept], before[name][kept])
            assert np.array_equal(kept, after["m" + name[1:]] != 0), "m and v are kept at the same places"
            if prune == "magnitude" and name[0] == "m":
                assert np.abs(before[name][kept]).min() > np.abs(before[name][~kept]).max()
                assert kept.sum() == round(0.25 * kept.size)
        else:
            assert np.array_equal(after[name], before[name])
    moments = [a for name, a in after.items() if name.endswith((".A", ".B"))]
    assert sum(np.count_nonzero(a) for a in moments) / sum(a.size for a in moments) == pytest.approx(share, rel=0.25)


@pytest.mark.parametrize("prune", ["magnitude", "random", "reset"])
@pytest.mark.parametrize("stop", [2, 3, 4], ids=["across a restart", "after a restart", "between restarts"])
def test_resumed_equals_uninterrupted(small, resumes, prune, stop):
    def start(seed):
        model = adapted(small, rng=seed)
        return model, ReLoRAAdamW(model, lr=0.02, every=3, prune=prune)

    resumes(start, steps=8, stop=stop)


def test_it_learns(small, train):
    model = adapted(small)
    losses = train(model, ReLoRAAdamW(model, lr=0.02, every=10), 40)
    assert losses[-1] < 0.8 * losses[0]


def test_a_frozen_adapter_is_left_alone(small, train):
    model = adapted(small, LoRA(r=2, alpha=4), targets="mlp.up")
    inject(model, LoRA(r=3, alpha=4), targets="attn.q", name="second")
    for *_, adapter in adapters_of(model, "default"):
        adapter.A.trainable = adapter.B.trainable = False
    before = {name: p.data.copy() for name, p in model.named_parameters() if "mlp.up" in name}
    train(model, ReLoRAAdamW(model, lr=0.02, every=2), 2)
    assert before and all(np.array_equal(p.data, before[name]) for name, p in model.named_parameters() if name in before)


def test_what_cannot_be_restarted_is_refused(small):
    shifted = adapted(small, PiSSA(r=2), targets="attn.q", rng=0)
    inject(shifted, LoRA(r=2), targets="attn.q", name="second")
    for *_, adapter in adapters_of(shifted, "default"):
        adapter.A.trainable = adapter.B.trainable = False
    half = adapted(small)
    half.blocks[0].attn.q.adapters["default"].A.trainable = False
    cases = [
        (adapted(small), {"every": 0}, "every must be an integer of at least 1, got 0"),
        (adapted(small), {"every": 2.5}, "every must be an integer of at least 1, got 2.5"),
        (adapted(small), {"prune": "all"}, "prune must be one of magnitude, random, reset, got 'all'"),
        (adapted(small), {"keep": 1.0}, "keep must lie between 0 and 1, got 1.0; to keep nothing, prune='reset'"),
        (small(), {}, "no adapter that trains A and B"),
        (adapted(small, DoRA(r=2)), {}, "plain LoRA, A and B both trained; adapter 'default' in .* holds A, B, m"),
        (half, {}, "relora restarts plain LoRA, A and B both trained"),
        (adapted(small, targets="head"), {}, "head.W is another layer's too.*build the model with tied=False"),
        (shifted, {}, "blocks.0.attn.q.W is changed by another adapter already"),
    ]
    for model, options, message in cases:
        with pytest.raises(ValueError, match=message):
            ReLoRAAdamW(model, lr=0.1, **({"every": 5} | options))


def pissa_enabled(model):
    enable(model, "start")


def build(small, switched=False):
    """A model with an adapter to restart; `switched`: beside a frozen PiSSA that is off."""
    model = small()
    if switched:
        inject(model, PiSSA(r=2), targets="attn.q", name="start")
        disable(model, "start")
    inject(model, LoRA(r=2, alpha=4), targets=TARGETS)
    return model


CHANGES = {
    "disabled": (disable, RuntimeError, "'default' in blocks.0.attn.q is switched off, and a restart would add it to W"),
    "merged": (merge, RuntimeError, r"'default' is merged into blocks.0.attn.q.W: call unmerge\(model\) before a restart"),
    "pissa enabled": (pissa_enabled, ValueError, "blocks.0.attn.q.W is changed by another adapter already"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_switched_since_is_refused_at_the_restart_with_nothing_changed(small, train, change):
    act, error, message = CHANGES[change]
    model = build(small, switched=change == "pissa enabled")
    optimizer = ReLoRAAdamW(model, lr=0.02, every=3)
    train(model, optimizer, 2)
    act(model)
    before = {name: p.data.copy() for name, p in model.named_parameters()}
    for refused in (optimizer.step, optimizer.restart):
        with pytest.raises(error, match=message):
            refused()
        assert optimizer.steps == 2
        assert all(np.array_equal(p.data, before[name]) for name, p in model.named_parameters())
    if change != "pissa enabled":
        with pytest.raises(error, match=message):
            ReLoRAAdamW(model, lr=0.02, every=3)
