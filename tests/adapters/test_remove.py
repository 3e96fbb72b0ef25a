"""Taking adapters out again: what stays, what the config says then, and the optimizers that held them."""

import numpy as np
import pytest

from minilora.adapters import LoRA, adapters_of, disable, enable, inject, merge, remove, unmerge
from minilora.nn import Transformer, TransformerConfig
from minilora.training import SGD, AdamW, load_checkpoint, read_state, save_checkpoint


def test_remove_gives_back_the_plain_model(small, batch, move):
    model = small()
    names, base = [name for name, _ in model.named_parameters()], model.forward(batch[0])
    inject(model, LoRA(r=2), "attn.q", name="one")
    inject(model, LoRA(r=2), "attn.q", name="two")
    move(model)
    remove(model, "one")
    assert {name for *_, name, _ in adapters_of(model)} == {"two"}
    remove(model, "two")
    assert [name for name, _ in model.named_parameters()] == names and np.array_equal(model.forward(batch[0]), base)


@pytest.mark.parametrize("bias", ["lora_only", "all"])
def test_trained_biases_stay_when_the_adapter_goes(small, batch, descend, bias):
    """As the docstrings say: the biases are the model's own."""
    model = small()
    inject(model, LoRA(r=2, bias=bias), "attn.q")
    descend(model, batch)
    trained = model.blocks[0].attn.q.b.data.copy()
    disable(model)
    remove(model, "default")
    assert np.array_equal(model.blocks[0].attn.q.b.data, trained)
    assert not np.array_equal(trained, small().blocks[0].attn.q.b.data)


def test_remove_of_a_merged_adapter_leaves_its_change_in_W(adapted, batch):
    model = adapted("attn.q")
    before = model.forward(batch[0])
    merge(model)
    remove(model, "default")
    np.testing.assert_allclose(model.forward(batch[0]), before, rtol=1e-10)
    with pytest.raises(RuntimeError, match="nothing is merged"):
        unmerge(model)


def test_remove_of_one_of_two_merged_is_refused(small, batch, move, state, same):
    """The W that is kept aside has neither change, so unmerge would take out the removed one's too."""
    model = small()
    for name in ("one", "two"):
        inject(model, LoRA(r=2), "attn.q", name=name)
    move(model)
    merge(model)
    before = state(model)
    with pytest.raises(RuntimeError, match="^adapters 'one' and 'two' are merged into blocks.0.attn.q.W together: call unmerge"):
        remove(model, "one")
    assert same(state(model), before)


def test_a_merged_tied_head_that_is_kept_is_saved_and_opened_as_untied(adapted, batch, tmp_path):
    model = adapted("head")
    twin = Transformer(model.config, dtype="float64")  # shares the config, which must not change under it
    merge(model)
    remove(model, "default")
    assert not model.config.tied and twin.config.tied
    save_checkpoint(tmp_path, model)
    opened = Transformer(TransformerConfig(**read_state(tmp_path)["config"]), dtype="float64")
    load_checkpoint(tmp_path, opened)
    assert np.array_equal(opened.eval().forward(batch[0]), model.forward(batch[0]))


@pytest.mark.parametrize(("targets", "merged"), [("attn.q", False), ("attn.q", True), ("head", False)])
def test_only_a_change_that_is_kept_in_the_head_unties_it(adapted, targets, merged):
    model = adapted(targets)
    config = model.config
    if merged:
        merge(model)
    remove(model, "default")
    assert model.config is config and config.tied


def learns(model, *names):
    """An optimizer of these parameters."""
    for name in names:
        dict(model.named_parameters())[name].trainable = True
    return SGD([p for name, p in model.named_parameters() if name in names], lr=0.1)


def test_an_optimizer_of_a_removed_adapter_refuses_to_step(small):
    model = small()
    inject(model, LoRA(r=2), "attn.q")
    optimizer = AdamW(model.parameters(), lr=0.1)
    remove(model, "default")
    with pytest.raises(RuntimeError, match="^parameter 'blocks.0.attn.q.lora.default.A' was taken out of its model after"):
        optimizer.step()


def test_an_optimizer_of_what_was_taken_out_of_the_model_refuses_to_step(adapted):
    model = adapted("attn.q")
    adapter, W = learns(model, "blocks.0.attn.q.lora.default.A"), learns(model, "blocks.1.attn.q.W")
    merge(model)
    with pytest.raises(RuntimeError, match="^parameter 'blocks.1.attn.q.W' was taken out of its model after"):
        W.step()
    adapter.step()
    unmerge(model)
    W.step()
    merge(model)
    remove(model, "default")
    for optimizer in (adapter, W):
        with pytest.raises(RuntimeError, match="was taken out of its model after .* build a new optimizer$"):
            optimizer.step()


def test_an_optimizer_of_a_tied_embedding_goes_on_after_the_head_was_merged(adapted):
    model = adapted("head")
    optimizer = learns(model, "embed.W")
    merge(model)
    optimizer.step()
    remove(model, "default")
    optimizer.step()


@pytest.mark.parametrize("names", [("default",), ("one", "two")])
def test_head_and_embedding_that_keep_changes_of_their_own_are_untied(small, move, batch, tmp_path, names):
    model = small()
    for name, targets in zip(names, [("embed", "head")] if len(names) == 1 else ["embed", "head"], strict=True):
        inject(model, LoRA(r=2), targets, name=name)
    for *_, adapter in adapters_of(model):
        adapter.A.data = adapter.A.data + 0.3
        adapter.B.data = adapter.B.data + 0.2
    before = model.eval().forward(batch[0])
    merge(model)
    for name in names:
        remove(model, name)
    assert not model.config.tied and model.embed.W is not model.head.W
    np.testing.assert_allclose(model.forward(batch[0]), before, rtol=1e-10)
    save_checkpoint(tmp_path, model)
    opened = Transformer(TransformerConfig(**read_state(tmp_path)["config"]), dtype="float64")
    load_checkpoint(tmp_path, opened)
    assert np.array_equal(opened.eval().forward(batch[0]), model.forward(batch[0]))


@pytest.mark.parametrize("target", ["attn.q", "head"])
@pytest.mark.parametrize("method", ["pissa", "olora", "lora-ga"])
def test_a_merged_adapter_is_kept_beside_one_whose_start_was_taken_out(small, spec_of, away, batch, method, target):
    model, spec = small().eval(), spec_of(method)
    inject(model, spec, target, name="shifted", batch=batch if spec.evidence else None)
    inject(model, LoRA(r=2), target, name="plain")
    away(model)
    before, embedding = model.forward(batch[0]), model.embed.W.data.copy()
    delta = adapters_of(model, "plain")[0][-1].delta()
    layer = adapters_of(model, "plain")[0][1]
    W = layer.original.data.copy()
    merge(model, "plain")
    remove(model, "plain")
    np.testing.assert_allclose(model.forward(batch[0]), before, rtol=1e-10)
    disable(model)
    assert np.array_equal(layer.W.data, W + delta) and np.array_equal(model.embed.W.data, embedding)
    assert model.config.tied == (target != "head")


def test_a_W_that_holds_something_of_an_adapter_does_not_learn(small, spec_of):
    """What it learned would be gone at the next merge, switch or remove."""
    model = small()
    inject(model, spec_of("pissa"), "attn.q")
    W = model.blocks[0].attn.q.W
    message = "^adapters have put something into blocks.0.attn.q.W, and what it learned would be lost with that: unmerge, "
    with pytest.raises(ValueError, match=message):
        W.trainable = True
    assert not W.trainable and W.grad is None
    disable(model)
    model.blocks[0].attn.q.W.trainable = True
    enable(model)
    inject(model, LoRA(r=2), "attn.v", name="other")
    assert not model.blocks[0].attn.q.original.trainable
