"""The family table: complete, true to what optimisers really keep, and the same in the README."""

import re
from pathlib import Path

import numpy as np
import pytest

from minilora.adapters import METHODS, adapters_of, inject
from minilora.cli import main
from minilora.experiments.family import cells, markdown, table, text
from minilora.nn import Parameter, Transformer, TransformerConfig
from minilora.training import AdaLoRAAdamW, Adam, Flora, GaLore, lora_plus

README = Path(__file__).parents[2] / "README.md"
ROWS = {row["method"]: row for row in table()}
COUNTS = {  # written out: trained values at d = 128 and at d = 4096
    "full tuning": (128**2, 4096**2), "lora": (8 * 256, 8 * 8192), "lora-fa": (8 * 128, 8 * 4096),
    "dora": (8 * 256 + 128, 8 * 8192 + 4096), "adalora": (8 * 257, 8 * 8193), "vera": (64 + 128, 64 + 4096), "lora-xs": (64, 64),
    "svft": (128, 4096), "loha": (16 * 256, 16 * 8192), "lokr": (8 * 16 + 16 * 8, 64 * 64 * 2), "lora+": (8 * 256, 8 * 8192),
    "relora": (8 * 256, 8 * 8192), "galore": (128**2, 4096**2), "flora": (128**2, 4096**2),
}  # fmt: skip


def test_every_method_has_its_row():
    assert list(ROWS) == ["full tuning", *METHODS, "lora+", "relora", "galore", "flora"]
    assert all(all(row[name] for name in ("method", "formula", "initial", "scaling")) for row in ROWS.values())


@pytest.mark.parametrize("method", COUNTS)
def test_the_counts(method):
    assert tuple(ROWS[method]["values"].values()) == COUNTS[method]


@pytest.mark.parametrize("method", METHODS)
def test_the_values_and_bytes_are_those_of_a_real_layer_and_its_optimizer(method):
    spec = METHODS[method]()
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=7, block_size=16, n_layers=1, n_heads=4, d_model=128))
    rng = np.random.default_rng(0)
    inject(model, spec, "attn.q", batch=rng.integers(0, 7, (2, 4, 16)) if spec.evidence else None)
    assert model.blocks[0].attn.q.W.data.shape == (128, 128) and len(adapters_of(model)) == 1
    own = method == "adalora"
    optimizer = AdaLoRAAdamW(model, 0.1, r_target=4, t_init=0, t_final=1) if own else Adam(model.parameters(), lr=0.1)
    assert sum(p.data.size for p in model.parameters() if p.trainable) == ROWS[method]["values"][128]
    assert optimizer.state_bytes == ROWS[method]["bytes"][128]


@pytest.mark.parametrize("kind", [GaLore, Flora])
def test_the_bytes_of_a_projected_optimizer(kind):
    W = Parameter(np.zeros((128, 128), dtype="float32"))
    assert kind([W], lr=0.1, r=8).state_bytes == ROWS[kind.__name__.lower()]["bytes"][128]
    assert Adam([W], lr=0.1).state_bytes == ROWS["full tuning"]["bytes"][128]


def test_the_ratio_of_lora_plus_is_its_own():
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=7, block_size=4, n_layers=1))
    inject(model, METHODS["lora"](), "attn.q")
    lora_plus(model)
    rate = model.blocks[0].attn.q.adapters["default"].B.rate
    assert f"B learns {rate:.0f} times as fast" in ROWS["lora+"]["initial"]


def test_the_readme_has_what_the_command_prints(capsys):
    assert main(["family", "--markdown"]) == 0
    printed = capsys.readouterr().out
    begin, end = "<!-- what `minilora family --markdown` prints -->\n", "<!-- end of the family -->"
    found = re.findall(f"{begin}(.*?){end}", README.read_text(), re.S)
    assert found == [printed]


def test_the_command_prints_every_cell(capsys):
    assert main(["family"]) == 0
    printed = capsys.readouterr().out
    headings, lines = cells(table())
    assert printed == text(table()) + "\n" and all(cell in printed for line in (headings, *lines) for cell in line)
    assert {len(line.split(" | ")) for line in markdown(table()).splitlines()} == {len(headings)}
