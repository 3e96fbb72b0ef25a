"""The LoRA spec and its adapter: start, gradients against the full matrix's, dropout, biases, what is refused."""

import numpy as np
import pytest

import minilora.nn.linear
from minilora.adapters import METHODS, LoRA, LoRAAdapter, adapters_of, disable, inject
from minilora.gradcheck import check_model

EVERYWHERE = ("blocks.*", "head")


def test_it_changes_nothing_at_the_start_bit_for_bit(small, batch):
    for dtype in ("float32", "float64"):
        model = small(dtype=dtype)
        before = model.forward(batch[0])
        inject(model, LoRA(r=3, alpha=5), EVERYWHERE)
        assert np.array_equal(model.forward(batch[0]), before)
        model.train()
        assert np.array_equal(model.forward(batch[0]), before)


def test_A_is_uniform_within_one_over_sqrt_in_and_B_is_zero(small):
    model = small(d_mlp=400)
    inject(model, LoRA(r=6), ("mlp.down", "mlp.up"), rng=5)
    for layer_name, layer, _, adapter in adapters_of(model):
        n_out, n_in = layer.W.data.shape
        assert adapter.A.data.shape == (6, n_in) and adapter.B.data.shape == (n_out, 6)
        assert not adapter.B.data.any()
        if layer_name.endswith("down"):  # 2,400 draws
            bound = 1 / np.sqrt(n_in)
            assert 0.99 * bound < np.abs(adapter.A.data).max() <= bound
            np.testing.assert_allclose(adapter.A.data.std(), bound / np.sqrt(3), rtol=0.05)
            assert abs(adapter.A.data.mean()) < 0.05 * bound


def test_the_seed_decides_A_and_layers_differ(small):
    def drawn(rng):
        model = small()
        inject(model, LoRA(r=2), "attn.q", rng=rng)
        return [adapter.A.data for *_, adapter in adapters_of(model)]

    one, same, generator, other = drawn(4), drawn(4), drawn(np.random.default_rng(4)), drawn(5)
    assert np.array_equal(one, same) and np.array_equal(one, generator)
    assert not np.array_equal(one, other) and not np.array_equal(one[0], one[1])


def test_the_change_is_s_B_A(small, batch, move):
    """Adding s B A to the weights by hand gives the same logits; s is alpha / r."""
    model, plain = small(), small()
    inject(model, LoRA(r=3, alpha=5), EVERYWHERE[:1])
    move(model)
    layers = dict(plain.named_layers())
    for name, _, _, adapter in adapters_of(model):
        change = 5 / 3 * adapter.B.data @ adapter.A.data
        np.testing.assert_allclose(adapter.delta(), change)
        layers[name].W.data = layers[name].W.data + change
    np.testing.assert_allclose(model.forward(batch[0]), plain.forward(batch[0]), rtol=1e-10)
    disable(model)
    np.testing.assert_allclose(model.forward(batch[0]), small().forward(batch[0]), rtol=1e-13)


def test_first_step_moves_B_only(small, batch):
    model = small()
    inject(model, LoRA(r=3), EVERYWHERE)
    model.loss(*batch)
    model.backward()
    for layer, _, _, adapter in adapters_of(model):
        assert not adapter.A.grad.any(), layer
        assert np.abs(adapter.B.grad).max() > 0, layer


@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_dA_and_dB_are_projections_of_the_gradient_that_full_training_gets(small, batch, move, preset):
    """The twin has W + s B A for its weights and trains them all."""
    model, twin = small(preset), small(preset)
    inject(model, LoRA(r=2, alpha=3), ("blocks.*",))
    move(model)
    layers = dict(twin.named_layers())
    for name, _, _, adapter in adapters_of(model):
        layers[name].W.data += adapter.delta()
    losses = [m.loss(*batch) for m in (model, twin)]
    np.testing.assert_allclose(*losses, rtol=1e-12)
    model.backward()
    twin.backward()
    for name, _, _, adapter in adapters_of(model):
        dW = layers[name].W.grad
        np.testing.assert_allclose(adapter.A.grad, 1.5 * adapter.B.data.T @ dW, rtol=1e-9, atol=1e-13, err_msg=name)
        np.testing.assert_allclose(adapter.B.grad, 1.5 * dW @ adapter.A.data.T, rtol=1e-9, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("bias", ["none", "lora_only", "all"])
@pytest.mark.parametrize("preset", ["tiny-gpt", "tiny-llama"])
def test_numeric_gradients_in_a_whole_model(small, batch, move, preset, bias):
    model = small(preset, n_layers=1)
    inject(model, LoRA(r=2, alpha=3, bias=bias), EVERYWHERE)
    move(model)
    report = check_model(model, *batch, zero=("attn.k.b",) if bias != "none" and preset == "tiny-gpt" else ())
    assert report.ok, str(report)
    assert {"blocks.0.attn.q.lora.default.A", "head.lora.default.B"} <= set(report.inputs)


def test_dropout_is_on_the_adapters_input_in_training_only_and_its_mask_is_used_again(reseeded, small, batch, move):
    model = small(n_layers=1)
    inject(model, LoRA(r=2, alpha=3, dropout=0.4), EVERYWHERE)
    move(model)
    exact = model.eval().loss(*batch)
    assert model.loss(*batch) == exact
    assert model.train().loss(*batch) != exact
    report = check_model(reseeded(model), *batch)
    assert report.ok, str(report)
    disable(model)
    assert model.loss(*batch) == small(n_layers=1).loss(*batch), "the frozen path has no dropout"


def test_dropout_draws_from_the_models_generator_so_that_a_run_can_be_resumed(small, batch, move):
    model = small()
    inject(model, LoRA(r=2, dropout=0.4), "attn.q")
    move(model)
    state = model.rng.bit_generator.state
    first = model.loss(*batch)
    assert model.rng.bit_generator.state != state
    assert model.loss(*batch) != first
    model.rng.bit_generator.state = state
    assert model.loss(*batch) == first


def test_frozen_weights_get_no_gradient_and_no_product(small, batch, monkeypatch):
    asked, linear_backward = [], minilora.nn.linear.linear_backward

    def recording(dy, cache, needs=None):
        asked.append(needs)
        return linear_backward(dy, cache, needs)

    monkeypatch.setattr(minilora.nn.linear, "linear_backward", recording)
    model = small()
    names = inject(model, LoRA(r=2), "attn.q")
    model.loss(*batch)
    model.backward()
    assert asked and all(needs == {"x"} for needs in asked)
    learning = {name for name, p in model.named_parameters() if p.grad is not None}
    assert learning == {f"{name}.lora.default.{leaf}" for name in names for leaf in "AB"}
    assert learning == {name for name, p in model.named_parameters() if p.trainable}


def test_a_frozen_A_is_not_computed(small, batch, move, monkeypatch):
    """LoRA-FA: training B alone."""
    asked, lora_backward = [], LoRAAdapter.op_backward

    def recording(dy, cache, needs=None):
        asked.append(needs)
        return lora_backward(dy, cache, needs)

    monkeypatch.setattr(LoRAAdapter, "op_backward", staticmethod(recording))
    model = small()
    inject(model, LoRA(r=2), "attn.q")
    for *_, adapter in adapters_of(model):
        adapter.A.trainable = False
    model.loss(*batch)
    model.backward()
    assert asked == [{"x", "B"}] * 2
    assert all(adapter.A.grad is None and adapter.B.grad.any() for *_, adapter in adapters_of(model))


def test_backward_stops_at_the_lowest_block_with_an_adapter(small, batch, monkeypatch):
    def called(*_):
        raise AssertionError("backward went below the lowest adapter")

    for lowest in (0, 1):
        model = small()
        inject(model, LoRA(r=2), f"blocks.{lowest}.attn.v")
        for layer in (model.embed, model.position, *model.blocks[:lowest]):
            monkeypatch.setattr(layer, "backward", called)
        model.loss(*batch)
        model.backward()
        assert adapters_of(model)[0][-1].B.grad.any()


def test_frozen_weights_are_bit_identical_after_training(small, batch, descend):
    model, untouched = small(), dict(small().named_parameters())
    inject(model, LoRA(r=2, alpha=3), EVERYWHERE)
    before = model.loss(*batch)
    descend(model, batch, steps=50, lr=0.03)
    assert model.loss(*batch) < 0.9 * before
    for name, p in model.named_parameters():
        if ".lora." not in name:
            assert np.array_equal(p.data, untouched[name].data), name
        else:
            assert np.abs(p.data).min() > 0


def test_bias_modes(small, batch, descend):
    for mode, expected in {
        "none": set(),
        "lora_only": {"blocks.0.attn.q.b", "blocks.1.attn.q.b"},
        "all": {f"blocks.{i}.{name}.b" for i in (0, 1) for name in "attn.q attn.k attn.v attn.o mlp.up mlp.down".split()},
    }.items():
        model = small()
        before = {name: p.data.copy() for name, p in model.named_parameters()}
        inject(model, LoRA(r=2, bias=mode), "attn.q")
        assert {name for name, p in model.named_parameters() if p.trainable and ".lora." not in name} == expected
        descend(model, batch)
        after = {name: p.data for name, p in model.named_parameters()}
        changed = {name for name in before if not np.allclose(after[name], before[name], rtol=0, atol=1e-12)}
        assert changed == expected - {"blocks.0.attn.k.b", "blocks.1.attn.k.b"}, "all but key biases, which no score depends on"


def test_a_layer_without_a_bias_has_none_to_train(small):
    model = small("tiny-llama")
    inject(model, LoRA(r=2, bias="lora_only"), "attn.q")
    assert all(".lora." in name for name, p in model.named_parameters() if p.trainable)


@pytest.mark.parametrize(("n_out_in", "target"), [((9, 6), "mlp.up"), ((6, 8), "attn.o"), ((7, 6), "head")])
def test_a_rank_out_of_range_is_refused_by_its_sentence(small, state, same, n_out_in, target):
    least = min(n_out_in)
    model = small()
    before = state(model)
    with pytest.raises(ValueError, match=rf"^lora rank must be between 1 and min\(in, out\)={least}, got {least + 1}$"):
        inject(model, LoRA(r=least + 1), ("mlp.down", target) if target == "mlp.up" else target)
    assert same(state(model), before)
    inject(model, LoRA(r=least), target)


@pytest.mark.parametrize("r", [0, -1, 2.0, "8", None, True])
def test_a_rank_that_is_no_rank(r):
    with pytest.raises(ValueError, match=f"^lora rank must be an integer of at least 1, got {r!r}$"):
        LoRA(r=r)


def test_other_settings_out_of_range():
    for settings, message in (
        ({"dropout": 1.0}, r"^lora dropout must be in \[0, 1\), got 1.0$"),
        ({"dropout": -0.1}, r"^lora dropout must be in \[0, 1\), got -0.1$"),
        ({"bias": "some"}, r"^lora bias must be one of none, all, lora_only, got 'some'$"),
        ({"alpha": "16"}, r"^lora alpha must be a finite number, got '16'$"),
        ({"alpha": float("nan")}, r"^lora alpha must be a finite number, got nan$"),
    ):
        with pytest.raises(ValueError, match=message):
            LoRA(**settings)


def test_a_numpy_rank_and_alpha_are_python_numbers(small, batch):
    spec = LoRA(r=np.int64(2), alpha=np.float64(16))
    assert type(spec.r) is int and type(spec.scale) is float
    model = small(dtype="float32")
    inject(model, spec, "attn.q")
    model.loss(*batch)
    model.backward()
    assert {p.grad.dtype.name for p in model.parameters() if p.trainable} == {"float32"}


def test_methods_are_named():
    assert METHODS["lora"] is LoRA and all(spec.method == name for name, spec in METHODS.items())
