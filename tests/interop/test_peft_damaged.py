"""PEFT folders damaged at random: a right load, or one line that says what is wrong, and nothing has changed."""

import json
import random
import struct
import warnings

import numpy as np
import pytest

from minilora import files
from minilora.adapters import adapters_of, inject, remove
from minilora.adapters.dora import DoRA
from minilora.interop import load_peft, save_peft
from minilora.nn import Transformer, TransformerConfig

CONFIG, ARRAYS = "adapter_config.json", "adapter_model.safetensors"
SIZES = TransformerConfig(vocab_size=11, block_size=7, n_layers=2, n_heads=2, d_model=6, d_mlp=10, fused_qkv=True)
IDS = np.array([[3, 1, 4, 1, 5]])
TIMES = 400
STRANGE = [None, True, False, 0, 1, -1, 2, 3, 8, 1 << 62, 10**400, 0.5, -2.5, 1e308, float("nan"), float("inf"), ""]
STRANGE += ["a", "2", "a\nb", "\ud800", "x" * 5000, "mlp.c_fc", ".*", "(", "[[a]", "a{99999999999}", "all-linear", "LORA", "all"]
STRANGE += ["lora_only", "pissa", [], ["c_fc"], ["c_fc", "lm_head"], [0], [[]], {}, {"c_fc": 2}, {"(": 1}, {"c_fc": "2"}]
STRANGE += [{".*": 1e9}, {"": None}]
SETTINGS = ["layers_to_transform", "layers_pattern", "exclude_modules", "modules_to_save", "lora_bias", "eva_config", "anything"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A good folder: DoRA in a feed-forward layer, with ranks of its own in each."""
    model = Transformer(SIZES, rng=0).eval()
    inject(model, DoRA(3, 7, rank_pattern={"blocks.1.*": 2}, bias="lora_only"), ("mlp.up",), rng=1)
    for *_, adapter in adapters_of(model):
        adapter.B.data = np.random.default_rng(2).standard_normal(adapter.B.data.shape).astype("float32")
    folder = tmp_path_factory.mktemp("good")
    save_peft(model, folder)
    return folder


def flipped(rng, content):
    """Some bytes are others, or missing, or twice there."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 9])):
        at = rng.randrange(len(content))
        content[at : at + rng.choice([0, 1, 1, 30])] = rng.choice([b"", bytes([rng.randrange(256)]), bytes(content[at : at + 9])])
    return bytes(content)


def reset(rng, content):
    """A setting of another value, missing, new or misspelt."""
    settings = json.loads(content)
    for _ in range(rng.choice([1, 1, 2])):
        name = rng.choice([*settings, *SETTINGS])
        settings[name] = rng.choice(STRANGE)
        if rng.random() < 0.3:
            del settings[name]
    return json.dumps(settings).encode()


def relabelled(rng, content):
    """The header of the safetensors says something else of the same bytes."""
    (size,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
    key, other = rng.sample([key for key in header if key != "__metadata__"], 2)
    entry = dict(header[key])
    match rng.randrange(6):
        case 0:
            old, new = rng.choice(["lora_A", "h.0", "weight", "base_model"]), rng.choice(["lora_B", "h.1", "bias", ""])
            header[key.replace(old, new)] = header.pop(key)
        case 1:
            header[key] = entry | {"dtype": rng.choice(["I32", "U32", "F16", "BF16", "F64", "BOOL", "F8_E4M3", "X"])}
        case 2:
            header[key] = entry | {"shape": rng.choice([entry["shape"][::-1], [], [-1], [1 << 62], [0], [*entry["shape"], 1]])}
        case 3:
            header[key], header[other] = header[other], header[key]
        case 4:
            header[key] = entry | {"data_offsets": rng.choice([[0, 0], [8, 4], header[other]["data_offsets"], [0, 1 << 62]])}
        case 5:
            del header[key]
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize(("name", "damage"), [(CONFIG, flipped), (CONFIG, reset), (ARRAYS, flipped), (ARRAYS, relabelled)])
def test_a_damaged_folder_loads_right_or_is_refused(folder, tmp_path, name, damage):
    model = Transformer(SIZES, rng=0).eval()
    b = [block.mlp.up.b.data.copy() for block in model.blocks]
    before = model.forward(IDS)
    good = {file: (folder / file).read_bytes() for file in (CONFIG, ARRAYS)}
    rng, seen = random.Random(7), {"loaded": 0, "refused": 0}
    for _ in range(TIMES):
        for file, content in (good | {name: damage(rng, good[name])}).items():
            (tmp_path / file).write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.filterwarnings("ignore", message=".*(its dropout|lora_ga changes the base)")
                load_peft(model, tmp_path)
        except ValueError as error:
            assert "\n" not in str(error) and 20 < len(str(error)) < 600, str(error)
            assert adapters_of(model) == [] and np.array_equal(model.forward(IDS), before)
            seen["refused"] += 1
        else:
            _right(model, tmp_path)
            remove(model, "default")
            for block, kept in zip(model.blocks, b, strict=True):
                block.mlp.up.b.data = kept
            seen["loaded"] += 1
    assert min(seen.values()) > 0, seen


def _right(model, folder):
    """Each array of an adapter in the model is one of the file's, and none of the file's is left over."""
    held, _ = files.load_arrays(folder / ARRAYS)
    leaves = {"A": "lora_A.weight", "B": "lora_B.weight", "m": "lora_magnitude_vector"}
    used = set()
    for name, *_, adapter in adapters_of(model, "default"):
        for leaf, a in adapter.arrays().items():
            key = f"base_model.model.transformer.h.{name.split('.')[1]}.mlp.c_fc.{leaves[leaf]}"
            assert np.array_equal(a, held[key].astype("float32"), equal_nan=True)
            used.add(key)
    assert {key for key in held if not key.endswith("bias")} == used
