"""The ground of the analyses in memory: the base that comes with the package, tuned on Python code in runs of some seconds.

    from minilora.experiments.lowrank import change
    change.measure(PretrainedGround(Setting(steps=100)))

It stands in for `Ground`, which keeps longer runs, of a base of its own, in a folder.
"""

from dataclasses import dataclass
from functools import cached_property

from minilora.data import LanguageBatches, evaluation_windows, keep_characters, python_docs, split, standard_library
from minilora.experiments.lowrank.ground import Ground
from minilora.experiments.lowrank.tuning import trained
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.runs import held_out_loss

CODE_CHARACTERS = 300_000


@dataclass(frozen=True)
class Setting:
    """Sizes of all. windows: of held-out text, for each loss."""

    steps: int = 100
    seeds: int = 3
    batch_size: int = 8
    windows: int = 64
    n_layers: int = 4  # of the base
    d_model: int = 128


class PretrainedArena:
    """The base and the texts. held_out: {"base", "target"} -> evaluation windows of the documentation and of the code."""

    def __init__(self, setting):
        self.setting = setting
        model, tokenizer = load_pretrained()
        self.block_size = model.config.block_size
        code = split(keep_characters(standard_library(CODE_CHARACTERS).text))
        held_out = {"base": split(keep_characters(python_docs().text))[1], "target": code[1]}
        self.ids = tokenizer.encode(code[0])
        self.held_out = {
            name: evaluation_windows(tokenizer.encode(text), self.block_size, setting.windows) for name, text in held_out.items()
        }

    def model(self):
        """The base, anew, in training mode."""
        return load_pretrained()[0].train()

    def batches(self, seed):
        """The code's batches: the same for every run with this seed."""
        return LanguageBatches(self.ids, self.block_size, self.setting.batch_size, seed)


class PretrainedGround(Ground):
    """Runs of one setting, each made when it is first asked for, and kept in memory. watch: whether paths have losses."""

    def __init__(self, setting=None, watch=True):
        self.arena = PretrainedArena(setting or Setting())
        self.seeds = tuple(range(self.arena.setting.seeds))
        self.watch = watch
        self.done = {}

    def run(self, tunings):
        """{tuning: {"base", "target", "values", "path"}} of all of them."""
        for tuning in tunings:
            if tuning not in self.done:
                self.done[tuning] = trained(self.arena, tuning, self.watch)
        return {tuning: self.done[tuning][0] for tuning in tunings}

    def loss_with(self, changes):
        """The loss on the target with W + Delta W in the place of every matrix of the blocks. changes: {name: Delta W}."""
        model = self.tried
        for name, p in model.named_parameters():
            key = name.removesuffix(".W")
            if key in self.base and name.endswith(".W"):
                p.data = (self.base[key] + changes.get(key, 0)).astype(p.data.dtype)
        return held_out_loss(model, self.arena.held_out["target"])

    @cached_property
    def tried(self):
        """A model of the base's shape, whose matrices `loss_with` sets."""
        return self.arena.model()

    def _arrays(self, tuning):
        self.run([tuning])
        return self.done[tuning][1]
