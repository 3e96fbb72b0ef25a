import numpy as np
import pytest

from minilora.adapters import DoRA, LoRA, LoRAFA, adapters_of, inject, weigh
from minilora.training import AdamW, LoRAFAAdamW
from minilora.training.lora_fa import projected_gradient

TARGETS = ("attn.q", "mlp.up")


def adapted(small, spec=None, **options):
    model = small(**options)
    inject(model, spec or LoRAFA(r=3, alpha=4), targets=TARGETS)
    draw = np.random.default_rng(2)
    for *_, adapter in adapters_of(model):
        adapter.B.data = draw.standard_normal(adapter.B.data.shape) * 0.1
    return model


def test_the_projected_gradient_is_the_least_squares_fit():
    """Among all g, s g A comes nearest to G: found by NumPy's solver from G itself, which the method never forms."""
    rng = np.random.default_rng(0)
    G, A, s = rng.standard_normal((5, 9)), rng.standard_normal((3, 9)), 1.7
    wanted = np.linalg.lstsq(s * A.T, G.T)[0].T
    np.testing.assert_allclose(projected_gradient(s * G @ A.T, A, s), wanted, rtol=1e-10)


def test_on_a_model_it_is_the_projection_of_the_full_gradient(small, train):
    """One model trains B through the optimiser, a copy has W trainable and gives G = dL/dW at the same place."""
    model, full = adapted(small), adapted(small)
    weigh(model, "default", 1.5)
    weigh(full, "default", 1.5)
    train(model, LoRAFAAdamW(model, lr=0.0), 1)
    for _, layer, *_ in adapters_of(full):
        layer.W.trainable = True
    train(full, AdamW(full.parameters(), lr=0.0), 1)
    for (*_, adapter), (_, layer, *_) in zip(adapters_of(model), adapters_of(full), strict=True):
        A = adapter.A.data
        wanted = layer.W.grad @ A.T @ np.linalg.inv(A @ A.T) @ A
        np.testing.assert_allclose(1.5 * 4 / 3 * adapter.B.grad @ A, wanted, rtol=1e-8, atol=1e-12)


def test_the_step_does_not_depend_on_the_scale_nor_on_the_length_of_a(small, train):
    """A and alpha change, s g A does not; plain dB would change with the square of either."""
    changes = []
    for alpha, length in ((4, 1.0), (12, 1.0), (4, 5.0)):
        model = small()
        inject(model, LoRAFA(r=3, alpha=alpha), targets=TARGETS, rng=0)
        for *_, adapter in adapters_of(model):
            adapter.A.data = adapter.A.data * length
        train(model, LoRAFAAdamW(model, lr=0.0), 1)
        changes.append([alpha / 3 * adapter.B.grad @ adapter.A.data for *_, adapter in adapters_of(model)])
    for change in changes[1:]:
        for got, wanted in zip(change, changes[0], strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-8, atol=1e-12)


def test_it_is_adamw_on_the_projected_gradient(small, train):
    model, plain = adapted(small), adapted(small)
    losses = train(model, LoRAFAAdamW(model, lr=0.02, weight_decay=0.3), 5)
    optimizer = AdamW(plain.parameters(), lr=0.02, weight_decay=0.3)

    class Projecting:
        def step(self):
            for *_, adapter in adapters_of(plain):
                adapter.B.grad[...] = projected_gradient(adapter.B.grad, adapter.A.data, adapter.scale)
            optimizer.step()

    assert losses == train(plain, Projecting(), 5)
    assert losses[-1] < losses[0]


def test_resumed_equals_uninterrupted(small, resumes):
    def start(seed):
        model = adapted(small, rng=seed)
        return model, LoRAFAAdamW(model, lr=0.02)

    resumes(start, steps=5, stop=2)


def test_models_it_does_not_fit_are_refused(small):
    dependent = adapted(small)
    A = dependent.blocks[0].attn.q.adapters["default"].A
    A.data = A.data[[0, 1, 0]]
    cases = [
        (small(), "no adapter that trains a factor B beside a frozen A: inject one of lora-fa"),
        (adapted(small, DoRA(r=2)), "no adapter that trains a factor B beside a frozen A"),
        (adapted(small, LoRA(r=2)), "adapter 'default' in blocks.0.attn.q trains its A, but the projected step needs it frozen"),
        (adapted(small, LoRAFA(r=2, alpha=0)), "adapter 'default' in blocks.0.attn.q has the scale s = 0, so that no step"),
        (dependent, "adapter 'default' in blocks.0.attn.q must have an A of rank 3, got rank 2"),
    ]
    for model, message in cases:
        with pytest.raises(ValueError, match=message):
            LoRAFAAdamW(model, lr=0.1)


def test_an_adapter_weighed_to_zero_since_is_refused_with_nothing_changed(small, train):
    model = adapted(small)
    optimizer = LoRAFAAdamW(model, lr=0.02)
    train(model, optimizer, 1)
    weigh(model, "default", 0)
    before = optimizer.parameters.data.copy()
    with pytest.raises(ValueError, match="adapter 'default' in blocks.0.attn.q has the scale s = 0"):
        train(model, optimizer, 1)
    assert np.array_equal(optimizer.parameters.data, before) and optimizer.steps == 1
    weigh(model, "default", 1)
    assert np.isfinite(train(model, optimizer, 1)).all() and np.isfinite(optimizer.parameters.data).all()
