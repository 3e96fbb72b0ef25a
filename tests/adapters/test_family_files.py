"""Every method as a file and in a checkpoint."""

import warnings

import numpy as np
import pytest

from minilora.adapters import METHODS, adapters_of, disable, inject, load_adapter, merge, remove, save_adapter
from minilora.files import load_arrays
from minilora.training import AdamW, load_checkpoint, save_checkpoint

every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def train(model, optimizer, batch, steps=2):
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        model.loss(*batch)
        model.backward()
        optimizer.step()
    model.eval()


@every_method
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_there_and_back_bit_for_bit(hung, away, small, batch, tmp_path, method, dtype):
    model, ids = away(hung(method, dtype=dtype)).eval(), batch[0]
    save_adapter(model, tmp_path)
    fresh = small(dtype=dtype).eval()
    layers = load_adapter(fresh, tmp_path)
    assert layers == [name for name, *_ in adapters_of(model)]
    assert np.array_equal(fresh.forward(ids), model.forward(ids))
    learning = {name: p.data for name, p in model.named_parameters() if p.trainable}
    assert {name for name, p in fresh.named_parameters() if p.trainable} == set(learning)
    assert all(np.array_equal(p.data, learning[name]) for name, p in fresh.named_parameters() if p.trainable)
    assert adapters_of(fresh)[0][-1].spec == adapters_of(model)[0][-1].spec
    for m in (model, fresh):
        disable(m)
    assert np.array_equal(fresh.forward(ids), model.forward(ids))


@every_method
@pytest.mark.parametrize(("saved", "loaded"), [("float32", "float64"), ("float64", "float32")])
def test_into_a_model_of_another_dtype(hung, away, small, batch, tmp_path, method, saved, loaded):
    """The arrays of the base are not the same there, so that is said; the numbers are, up to float32."""
    model = away(hung(method, dtype=saved)).eval()
    save_adapter(model, tmp_path)
    fresh = small(dtype=loaded).eval()
    with pytest.warns(UserWarning, match="the adapter was trained on another model"):
        load_adapter(fresh, tmp_path)
    assert {p.data.dtype.name for p in fresh.parameters()} == {loaded}
    np.testing.assert_allclose(fresh.forward(batch[0]), model.forward(batch[0]), rtol=2e-3, atol=2e-3)


@every_method
def test_another_base_is_warned_of(hung, small, tmp_path, method):
    save_adapter(hung(method), tmp_path)
    other = small()
    other.blocks[1].attn.v.W.data *= 1.5
    with pytest.warns(UserWarning, match=r"trained on another model: blocks\.1\.attn\.v\.W is not the same here$"):
        load_adapter(other, tmp_path)


@every_method
def test_trained_saved_loaded_and_trained_on(hung, small, batch, tmp_path, method):
    model = hung(method)
    train(model, AdamW(model.parameters(), lr=0.02), batch)
    save_adapter(model, tmp_path)
    fresh = small()
    load_adapter(fresh, tmp_path)
    for m in (model, fresh):
        train(m, AdamW(m.parameters(), lr=0.02), batch)
    assert np.array_equal(fresh.forward(batch[0]), model.forward(batch[0]))


@every_method
def test_a_run_resumes_from_a_checkpoint_bit_for_bit(hung, small, spec_of, batch, tmp_path, method):
    """Also into a model that was built on other weights: the W that a start was taken out of comes along."""
    settings = {"dropout": 0.0 if method == "dora" else 0.3}
    model = hung(method, settings=settings)
    optimizer = AdamW(model.parameters(), lr=0.02)
    train(model, optimizer, batch)
    save_checkpoint(tmp_path, model, optimizer)
    train(model, optimizer, batch)

    again, spec = small(), spec_of(method, **settings)
    for p in again.parameters():
        p.data = p.data * 1.3 + 0.1
    inject(again, spec, rng=4, batch=batch if spec.evidence else None)
    resumed = AdamW(again.parameters(), lr=0.02)
    load_checkpoint(tmp_path, again, resumed)
    train(again, resumed, batch)
    assert np.array_equal(again.forward(batch[0]), model.forward(batch[0]))
    for m in (model, again):
        (merge if spec.mergeable else disable)(m)
    assert np.array_equal(again.forward(batch[0]), model.forward(batch[0]))
    for m in (model, again):
        remove(m, "default")
    assert np.array_equal(again.forward(batch[0]), model.forward(batch[0]))


def test_what_a_file_holds(hung, tmp_path):
    """Frozen arrays that nothing else brings back travel along; those that a seed gives do not."""
    leaves = {"lora": "A B", "lora-fa": "A B", "dora": "A B m", "pissa": "A B A0 B0", "adalora": "P lam Q", "vera": "d adapter.b"}
    leaves |= {"lora-xs": "A B R", "svft": "U V M", "loha": "A1 B1 A2 B2", "lokr": "C D", "qlora": "A B"}
    for method, names in leaves.items():
        save_adapter(hung(method, "blocks.1.mlp.up"), tmp_path / method)
        arrays, _ = load_arrays(tmp_path / method / "adapter.safetensors")
        assert set(arrays) == {f"blocks.1.mlp.up.{leaf}" for leaf in names.split()}, method
