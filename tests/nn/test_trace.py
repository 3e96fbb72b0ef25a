"""Looking at a model, by trace and generate, leaves it as it was."""

import numpy as np
import pytest

from minilora.nn import generate, recorded


def state(model):
    return {name: p.data.copy() for name, p in model.named_parameters()}, model.rng.bit_generator.state, model.training


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_trace_lists_the_layers_and_leaves_the_model_as_it_was(small, batch, mode):
    ids = batch[0]
    model = getattr(small("tiny-gpt", dropout=0.5), mode)()
    weights, rng, training = state(model)
    attributes = {name: set(vars(layer)) for name, layer in model.named_layers()}
    steps = model.trace(ids)
    after, rng_after, training_after = state(model)
    assert all(np.array_equal(after[name], weights[name]) for name in weights)
    assert rng_after == rng and training_after == training
    assert {layer.training for _, layer in model.named_layers()} == {training}
    assert {name: set(vars(layer)) - {"_cache"} for name, layer in model.named_layers()} == {
        name: found - {"_cache"} for name, found in attributes.items()
    }
    by_name = {name: (kind, shape, own) for name, kind, shape, own in steps}
    assert by_name["embed"] == ("Embedding", (2, 4, 6), 42)
    assert by_name["blocks.0.attn.q"] == ("Linear", (2, 4, 8), 56)
    assert by_name["blocks.1.mlp.up"] == ("Linear", (2, 4, 9), 63)
    assert steps[-1][2] == (2, 4, 7)
    assert sum(own for *_, own in steps) == sum(p.data.size for p in model.parameters())
    order = [name for name, *_ in steps]
    assert order.index("embed") < order.index("blocks.0.attn.q") < order.index("blocks.1.mlp.up") < order.index("norm")


def test_trace_of_a_refused_batch_leaves_no_wrapper(small):
    model = small("tiny-gpt")
    with pytest.raises(ValueError, match="token id 99"):
        model.trace(np.array([[99]]))
    assert "forward" not in {key for _, layer in model.named_layers() for key in vars(layer)}


def test_generate_leaves_the_model_as_it_was(small, batch):
    ids = batch[0]
    for mode in ("train", "eval"):
        model = getattr(small("tiny-gpt", dropout=0.5), mode)()
        before = state(model)
        generate(model, ids, max_new_tokens=3)
        after = state(model)
        assert before[1:] == after[1:] and all(np.array_equal(before[0][k], after[0][k]) for k in before[0])


def test_each_output_is_noted_as_soon_as_it_is_computed(small, batch):
    model, noted = small("tiny-gpt"), []
    with recorded(model, lambda name, layer, x, y: noted.append((name, layer, y.copy()))):
        model.forward(batch[0])
    layers = dict(model.named_layers())
    assert all(layers[name] is layer for name, layer, _ in noted)
    names = [name for name, *_ in noted]
    assert names.index("blocks.0.attn.q") < names.index("blocks.0.attn.o") < names.index("blocks.0.attn") < names.index("head")
    assert np.array_equal(noted[-1][2], model.forward(batch[0]))
    assert not any("forward" in vars(layer) for layer in layers.values())
