"""Where all contestants meet: one base, the same batches, the same number of steps."""

import hashlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import threadpoolctl

from minilora import files
from minilora.data import (
    CharTokenizer,
    LanguageBatches,
    evaluation_windows,
    python_docs,
    split,
    standard_library,
)
from minilora.experiments.runs import CODE_CHARACTERS, claim, learning_and_held_out, load_model, train
from minilora.nn import Transformer, TransformerConfig
from minilora.training import Trainer, warmup_cosine


@dataclass(frozen=True)
class Setting:
    """Sizes of all. seeds: runs of each contestant. search: the share of the steps for the trial of a rate; 0: none."""

    d_model: int = 64
    n_layers: int = 2
    block_size: int = 64
    batch_size: int = 16
    base_steps: int = 3000
    base_rate: float = 3e-3
    steps: int = 400
    seeds: int = 3
    search: float = 0.5
    rank: int = 4
    windows: int = 128


FULL = Setting()
QUICK = replace(FULL, base_steps=300, steps=40, search=0.0, windows=32)


class Arena:
    """The base model and the texts of a folder that `prepare` made. held_out: {"base", "target"} -> evaluation windows."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.setting = Setting(**files.load_json(self.folder / "setting.json"))
        self.ids, _ = files.load_arrays(self.folder / "texts.safetensors")
        self.held_out = {name: self.windows(f"{name}.held_out") for name in ("base", "target")}

    def windows(self, name):
        return evaluation_windows(self.ids[name], self.setting.block_size, self.setting.windows)

    def model(self):
        """The base as it was trained, anew, in training mode."""
        return load_model(self.folder / "base").train()

    def batches(self, seed):
        """The target's batches: the same for every contestant with this seed."""
        return LanguageBatches(self.ids["target.train"], self.setting.block_size, self.setting.batch_size, seed)

    def train(self, model, optimizer, seed, steps, schedule=None, batches=None):
        """Steps on the target's batches, with clipping and by default warm-up and cosine decay. Returns the history."""
        schedule = schedule or warmup_cosine(max(1, steps // 20), steps)
        batches = batches or self.batches(seed)
        return Trainer(model, optimizer, batches, schedule, clip=1.0, progress=False).run(steps)


def fingerprint(folder):
    """A hash of the base and the texts of a folder: results that stand on others do not compare."""
    digest = hashlib.sha256()
    arena = Arena(folder)
    arrays = {name: p.data for name, p in arena.model().named_parameters()} | arena.ids
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape} ".encode() + arrays[name].tobytes())
    return digest.hexdigest()[:16]


def prepare(folder, setting):
    """Write texts and a trained base into a folder, or take up what is there. Returns (the Arena, the texts' records)."""
    folder = Path(folder)
    corpora = {"base": python_docs().plain(), "target": standard_library(CODE_CHARACTERS).plain()}
    records = {name: corpus.record() for name, corpus in corpora.items()}
    tokenizer = CharTokenizer().train("".join(corpus.text for corpus in corpora.values()))
    identity = {"command": "systems", "setting": asdict(setting) | {"seeds": None}, "texts": records}  # more seeds may follow
    claim(folder, identity, tokenizer)
    arrays = {}
    for name, corpus in corpora.items():
        learning, held_out = learning_and_held_out(tokenizer, corpus, setting.block_size)
        arrays |= {f"{name}.train": learning, f"{name}.held_out": held_out}
    # Rates are chosen on a part of what there is to learn from: what is held out decides nothing.
    arrays["target.train"], arrays["target.trial"] = split(arrays["target.train"])
    small = {name: np.asarray(ids, dtype=np.uint8) for name, ids in arrays.items()}  # a vocabulary of characters fits into bytes
    files.save_arrays(folder / "texts.safetensors", small)
    files.save_json(folder / "setting.json", asdict(setting))
    _train_base(folder, setting, arrays["base.train"], tokenizer.vocab_size)
    return Arena(folder), records


def _train_base(folder, setting, ids, vocab_size):
    sizes = {"block_size": setting.block_size, "d_model": setting.d_model, "n_layers": setting.n_layers}
    model = Transformer(TransformerConfig.preset("tiny-gpt", vocab_size=vocab_size, **sizes), rng=0)
    with threadpoolctl.threadpool_limits(1):  # as every job has: the number of cores changes no result
        train(
            model, ids, {}, setting.base_steps, lr=setting.base_rate, batch_size=setting.batch_size, rng=0,
            folder=folder / "base", evaluations=1,
        )  # fmt: skip


