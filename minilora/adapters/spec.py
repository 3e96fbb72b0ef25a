"""What every method's settings have in common."""

import math
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from numbers import Integral, Real

from minilora.nn.embedding import Embedding

BIAS_MODES = ("none", "all", "lora_only")


class Spec:
    """The settings of a method, as a frozen dataclass: what to add to a layer, and how it starts.

    A subclass says how many numbers that takes (`shapes`, `values`), draws or computes them (`start`), and names the class of
    its adapter. `formula`, `initial` and `scaling` are the method in words, for `minilora family`.
    """

    method = formula = initial = scaling = ""
    adapter = None
    frozen = ()             # leaves that are not trained
    evidence = None         # what `start` wants of a batch: "gradients" or "inputs" of the layers
    additive = True         # whether its change of W adds up with that of another adapter in the same layer
    on_embeddings = False   # whether it can hang in an embedding
    r = None
    dropout, bias = 0.0, "none"
    rank_pattern = alpha_pattern = {}

    def __post_init__(self):
        for name in {"r", "alpha"} & {field.name for field in fields(self)}:
            object.__setattr__(self, name, _plain(self.method, name, getattr(self, name)))
        for name, value in self.rank_pattern.items():
            _plain(self.method, f"rank_pattern[{name!r}]", value, whole=True)
        for name, value in self.alpha_pattern.items():
            _plain(self.method, f"alpha_pattern[{name!r}]", value)
        if not 0 <= self.dropout < 1:
            raise ValueError(f"{self.method} dropout must be in [0, 1), got {self.dropout}")
        if self.bias not in BIAS_MODES:
            raise ValueError(f"{self.method} bias must be one of {', '.join(BIAS_MODES)}, got {self.bias!r}")

    @property
    def scale(self):
        """s, a Python float: one of NumPy would turn float32 arrays into float64."""
        return 1.0

    def at(self, layer_name):
        """The settings for one layer: r and alpha by the first pattern that matches its name, as targets do."""
        changed = {}
        for field, patterns in (("r", self.rank_pattern), ("alpha", self.alpha_pattern)):
            found = next((value for pattern, value in patterns.items() if matches(layer_name, pattern)), None)
            changed |= {} if found is None else {field: found}
        return replace(self, **changed) if changed else self

    def refuse(self, layer):
        """ValueError if this cannot go into the layer."""
        if isinstance(layer, Embedding) and not self.on_embeddings:
            raise ValueError(f"{self.method} has no form for an embedding: take lora there, or leave {layer.W.name} out")
        smallest = min(layer.W.data.shape)
        if self.r is not None and self.r > smallest:
            raise ValueError(f"{self.method} rank must be between 1 and min(in, out)={smallest}, got {self.r}")

    def shapes(self, layer):
        """{leaf: shape} of what an adapter for the layer holds."""
        raise NotImplementedError

    def values(self, n_in, n_out):
        """How many numbers are trained in a layer of this size."""
        raise NotImplementedError

    def flops(self, n_in, n_out):
        """Multiplications and additions a token that the forward pass has more, until merged."""
        return 2 * self.values(n_in, n_out)

    def start(self, layer, rng, evidence=None):
        """{leaf: array} to begin with. rng: a NumPy generator. evidence: of the layer, where the method wants some."""
        raise NotImplementedError

    def make(self, layer, arrays, rng, shared=None):
        """The adapter with these arrays. rng: the model's generator, for dropout, so that a resumed run draws the same masks."""
        return self.adapter(arrays, self, self.scale, rng)

    def shared(self, layers):
        """What the adapters of these layers ({name: layer}) have in common, handed to each `make`; None for most methods."""
        return None

    def settle(self, layers):
        """Change the layers themselves before the adapters hang in them, where the method does so."""


def matches(layer_name, pattern):
    """Whether a pattern names a layer: a name or glob that fits its whole name, or a whole dotted end of it."""
    return fnmatchcase(layer_name, pattern) or fnmatchcase(layer_name, f"*.{pattern}")


def _plain(method, name, value, whole=False):
    """A Python number of an option: one of NumPy does not go into JSON."""
    shown = {"r": "rank"}.get(name, name)
    if name == "r" or whole:
        if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{method} {shown} must be an integer of at least 1, got {value!r}")
        return int(value)
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"{method} {shown} must be a finite number, got {value!r}")
    return value
