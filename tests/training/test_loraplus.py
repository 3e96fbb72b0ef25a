import numpy as np
import pytest

from minilora.adapters import DoRA, LoRA, VeRA, inject
from minilora.training import SGD, AdamW, lora_plus
from minilora.training.loraplus import lora_plus_step


def test_every_trained_B_learns_at_the_ratio_and_nothing_else(small):
    model = small()
    inject(model, DoRA(r=2, alpha=4), targets=("attn.q", "mlp.up"), name="old")
    frozen = [name for name, p in model.named_parameters() if name.endswith(".B")]
    model = small()
    inject(model, LoRA(r=2, alpha=4), targets=("attn.k", "attn.v"), name="old")
    inject(model, LoRA(r=2, alpha=4, bias="all"), targets=("attn.q", "mlp.up"), name="new")
    for p in model.parameters():
        p.trainable = p.trainable and ".old." not in p.name
    names = lora_plus(model, 8)
    assert names == [name.replace("dora.old", "lora.new") for name in frozen]
    assert {name for name, p in model.named_parameters() if p.rate != 1} == set(names)
    assert {p.rate for name, p in model.named_parameters() if name in names} == {8.0}


def invariant(model, ratio):
    adapters = [model.blocks[i].mlp.down.adapters["default"] for i in (0, 1)]
    return np.stack([a.B.data.T @ a.B.data - ratio * a.A.data @ a.A.data.T for a in adapters])


@pytest.mark.parametrize("ratio", [1, 16])
def test_what_gradient_flow_conserves(small, train, ratio):
    """The drift over one stretch of time lr steps falls in proportion to lr, while B^T B itself grows to the same size."""
    drifts = []
    for finer in (1, 4):
        model = small()
        inject(model, LoRA(r=2, alpha=4), targets="mlp.down", rng=0)
        lora_plus(model, ratio)
        before = invariant(model, ratio)
        train(model, SGD(model.parameters(), lr=0.1 / ratio / finer), 40 * finer)
        drifts.append(np.abs(invariant(model, ratio) - before).max())
        B = model.blocks[0].mlp.down.adapters["default"].B.data
        assert drifts[-1] < 0.1 * np.abs(B.T @ B).max()
    assert drifts[1] == pytest.approx(drifts[0] / 4, rel=0.1)


def test_a_step_of_sgd_is_the_papers(small, train):
    """From the gradient of the whole W at the same place, which a copy with W trainable gives."""
    model, full = small(), small()
    for m in (model, full):
        inject(m, LoRA(r=2, alpha=3), targets="mlp.down", rng=0)
        for block in m.blocks:
            B = block.mlp.down.adapters["default"].B
            B.data = np.random.default_rng(1).standard_normal(B.data.shape)
            block.mlp.down.W.trainable = m is full
    adapters = [block.mlp.down.adapters["default"] for block in model.blocks]
    before = [(a.A.data.copy(), a.B.data.copy()) for a in adapters]
    lora_plus(model, 8)
    train(model, SGD(model.parameters(), lr=0.1), 1)
    train(full, SGD(full.parameters(), lr=0.0), 1)
    for (A, B), adapter, block in zip(before, adapters, full.blocks, strict=True):
        A, B = lora_plus_step(A, B, block.mlp.down.W.grad, eta=0.1, s=1.5, ratio=8)
        np.testing.assert_allclose(adapter.A.data, A, rtol=1e-12)
        np.testing.assert_allclose(adapter.B.data, B, rtol=1e-12)


def test_a_rate_set_too_late_is_noticed(small):
    model = small()
    inject(model, LoRA(r=2, alpha=4), targets="attn.q")
    optimizer = AdamW(model.parameters(), lr=0.1)
    lora_plus(model)
    with pytest.raises(RuntimeError, match="lora.default.B' was given another rate or decay after the optimizer was built"):
        optimizer.step()


def test_bad_input_is_refused(small):
    with pytest.raises(ValueError, match="no adapter that trains a factor B: call inject"):
        lora_plus(small())
    with pytest.raises(ValueError, match="^ratio must be a number > 0, got -1$"):
        lora_plus(small(), -1)


def test_veras_B_is_no_factor_that_learns(small):
    model = small()
    inject(model, VeRA(r=2), targets="attn.q")
    with pytest.raises(ValueError, match="no adapter that trains a factor B"):
        lora_plus(model)


def test_beside_an_embedding_the_zero_factor_is_a(small):
    model = small(tied=False)
    inject(model, LoRA(r=2, alpha=4), targets=("embed", "attn.q"))
    names = lora_plus(model, 8)
    assert names[0] == "embed.lora.default.A" and len(names) == 3
    learning = {name: p for name, p in model.named_parameters() if p.trainable}
    assert {name for name, p in learning.items() if not p.data.any()} == set(names), "the factors that start at zero"
    assert {name for name, p in learning.items() if p.rate == 8} == set(names)
