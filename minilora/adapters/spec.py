"""What every method's settings have in common, and how a pattern names layers.

    (T1)  match = the pattern fits the layer's whole name, or all that stands behind one of its dots

In a pattern * stands for any characters, dots too, ? for one, [ab] for one of these; a capital is not its small letter.
"""

import math
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from numbers import Integral, Real

from minilora.nn.embedding import Embedding

BIAS_MODES = ("none", "all", "lora_only")


class Spec:
    """The settings of a method, as a frozen dataclass: what to add to a layer, and how it starts.

    A subclass says how many numbers that takes (`shapes`, `values`), draws or computes them (`start`), and names the class of
    its adapter. `formula`, `initial`, `scaling` and `size` are the method in words, for `minilora family`.
    """

    method = formula = initial = scaling = ""
    adapter = None
    frozen = ()             # leaves that are not trained
    evidence = None         # what `start` wants of a batch: "gradients" or "inputs" of the layers
    additive = True         # whether its change of W adds up with that of another adapter in the same layer
    mergeable = True        # whether W + Delta W can take the place of W
    on_embeddings = False   # whether it can hang in an embedding
    low_rank = True         # whether r is at most min(in, out)
    r = None
    dropout, bias = 0.0, "none"
    rank_pattern = alpha_pattern = {}

    def __post_init__(self):
        values = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        for name, value in values.items():
            object.__setattr__(self, name, value)
        for option, name, refuse in (("r", "rank", refuse_integer), ("alpha", "alpha", refuse_number)):
            if option in values:
                refuse(f"{self.method} {name}", values[option])
            patterns = getattr(self, f"{name}_pattern")
            if not isinstance(patterns, dict):
                raise ValueError(f"{self.method} {name}_pattern must map layer patterns to numbers, got {patterns!r}")
            for pattern, value in patterns.items():
                if not isinstance(pattern, str):
                    raise ValueError(f"{self.method} {name}_pattern must map layer patterns, such as 'attn.q', got {pattern!r}")
                refuse(f"{self.method} {name}_pattern[{pattern!r}]", value)
        refuse_number(f"{self.method} dropout", self.dropout)
        if not 0 <= self.dropout < 1:
            raise ValueError(f"{self.method} dropout must be in [0, 1), got {self.dropout}")
        if self.bias not in BIAS_MODES:
            raise ValueError(f"{self.method} bias must be one of {', '.join(BIAS_MODES)}, got {self.bias!r}")

    @property
    def scale(self):
        """s, a Python float: one of NumPy would turn float32 arrays into float64."""
        return 1.0

    @property
    def size(self):
        """What sets how many values are trained, in words."""
        return f"r = {self.r}"

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
        if self.low_rank and self.r is not None and self.r > smallest:
            raise ValueError(f"{self.method} rank must be between 1 and min(in, out)={smallest}, got {self.r}")

    def shapes(self, layer):
        """{leaf: shape} of what an adapter for the layer holds."""
        raise NotImplementedError

    def values(self, n_in, n_out):
        """How many numbers are trained in a layer of this size."""
        raise NotImplementedError

    def flops(self, n_in, n_out):
        """What the forward pass costs more for a token, until merged: 2 m n for each product with an (m, n) matrix."""
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
    return fnmatchcase(layer_name, pattern) or fnmatchcase(layer_name, f"*.{pattern}")  # (T1)


def _plain(value):
    """Python's own number for one of NumPy, which neither JSON nor a float32 product takes as such; other values as they are."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def refuse_integer(what, value, least=1):
    """ValueError unless the value is an integer of at least that."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{what} must be an integer of at least {least}, got {value!r}")


def refuse_number(what, value):
    """ValueError unless the value is a finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"{what} must be a finite number, got {value!r}")
