"""Short runs against an opponent: what is measured, on a few windows and steps."""

import numpy as np
import pytest

from minilora.experiments import robustness
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.runs import held_out_loss


@pytest.fixture(scope="module")
def few():
    model, tokenizer = load_pretrained()
    learning, windows = robustness.code(tokenizer)
    return model, learning, windows[:1]


def test_no_attack_is_the_held_out_loss(few):
    model, _, windows = few
    found = robustness.under_attack(model, windows)
    assert list(found) == ["none", "random", "fgm", "pgd", "pgd on C"]
    assert found["none"]["loss"] == pytest.approx(held_out_loss(model, windows), rel=1e-5)
    assert found["none"]["loss"] < found["fgm"]["loss"] and found["none"]["right"] > found["pgd on C"]["right"]
    assert all(row["shifted_loss"] < row["loss"] for row in found.values())


@pytest.mark.parametrize("way", robustness.WAYS)
def test_only_lora_learns_and_each_way_otherwise(few, way):
    base, learning, _ = few
    model = robustness.trained(way, 0, learning, steps=3)
    before = dict(base.named_parameters())
    after = dict(model.named_parameters())
    changed = {name for name, p in after.items() if name not in before or not np.array_equal(p.data, before[name].data)}
    assert changed and all("lora" in name for name in changed) and not model.training


def test_losses_along_a_line(few):
    model, _, windows = few
    ids, targets = (array[:1] for array in windows[0])
    x = model.embed.forward(ids)
    model.embed.drop_cache()
    found = robustness.losses_along(model, x, targets, {"ones": 5 * np.ones_like(x)}, [0.0, 0.3])
    assert found["ones"][0] == pytest.approx(model.loss(ids, targets), rel=1e-5)
