"""Every method on the stand-in for a device array: nothing converts in secret, and the results are NumPy's."""

import numpy as np
import pytest

from minilora import backend
from minilora.adapters import METHODS, combine, disable, enable, inject, load_adapter, merge, save_adapter, unmerge, weigh
from minilora.nn import Transformer, TransformerConfig
from minilora.training import AdamW, load_checkpoint, save_checkpoint

SIZES = {"vocab_size": 7, "block_size": 5, "n_layers": 1, "d_model": 6, "n_heads": 2, "d_head": 4, "d_mlp": 9}


def build():
    return Transformer(TransformerConfig.preset("tiny-gpt", **SIZES), rng=0, dtype="float64")


def life(spec, batch, folder):
    """Inject, learn, switch, merge, save, load, resume. {what: array}."""
    model, results = build(), {}
    given = {"batch": batch} if spec.evidence else {}
    inject(model, spec, **given)
    optimizer = AdamW(model.parameters(), lr=0.01, eps=1e-3)
    for _ in range(2):
        optimizer.zero_grad()
        model.loss(*batch)
        model.backward()
        optimizer.step()
    model.eval()
    results["learned"] = model.forward(batch[0])
    save_adapter(model, folder)
    save_checkpoint(folder, model, optimizer)
    disable(model)
    results["off"] = model.forward(batch[0])
    enable(model)
    if spec.mergeable:
        merge(model)
        results["merged"] = model.forward(batch[0])
        unmerge(model)
    load_checkpoint(folder, model, optimizer)
    fresh = build()
    load_adapter(fresh, folder)
    if spec.additive:
        weigh(fresh, "default", 0.5)
        results["rows"] = backend.asarray([[row["wanted"], row["error"]] for row in combine(fresh, ["default"], how="svd", r=1)])
    results["loaded"] = fresh.eval().forward(batch[0])
    return results


@pytest.mark.parametrize("method", METHODS)
def test_on_the_device(strict, run_on, spec_of, batch, tmp_path, method):
    spec = spec_of(method)
    there = run_on(strict, lambda: life(spec, batch, tmp_path / "there"))
    here = life(spec, batch, tmp_path / "here")
    assert there.keys() == here.keys()
    for name, expected in here.items():
        assert type(there[name]).__name__ == "StrictArray", name
        np.testing.assert_allclose(strict.asnumpy(there[name]), expected, rtol=1e-9, atol=1e-11, err_msg=name)


@pytest.mark.parametrize(("how", "r"), [("cat", None), ("linear", None), ("svd", 2)])
def test_combining_on_the_device(strict, run_on, spec_of, batch, how, r):
    def both():
        model = build().eval()
        for name, method in (("one", "lora"), ("two", "eva")):
            given = {"batch": batch} if method == "eva" else {}
            inject(model, spec_of(method), ("attn.q", "embed") if method == "lora" else "attn.q", name=name, **given)
            for p in model.parameters():
                if p.trainable:
                    p.data = p.data + 0.1
        combine(model, ["one", "two"], [1, -0.5], how, r)
        return model.forward(batch[0])

    np.testing.assert_allclose(strict.asnumpy(run_on(strict, both)), both(), rtol=1e-9)
