"""What a diagnosis may look at, beside the two gradients: the arrays and numbers at hand, and a way to ask again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Context:
    """The surroundings of a wrong gradient.

    arrays    {name: array} that a formula may be made of: inputs or parameters (integer and boolean ones too), "dy", forward's
              output, and what forward cached ("cache[0]"). Floating ones in float64.
    output    the name of forward's output among them.
    numbers   {name: number}: constants, defaults, cached numbers.
    dims      {"N": 3}: names of sizes.
    formulas  {input: ("linear:B2", "dW = ...")}, where the module of backward names them.
    rerun     rerun(changes, dy) -> (y, {input: gradient as returned}) with some arrays or numbers replaced and a cotangent of
              one's own; None if it cannot be asked. dy=None: forward only, and no gradients.
    cached    cached(changes) -> {name: array} that forward caches with some arrays replaced; None if it cannot be asked.
    """

    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    formulas: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rerun: Callable | None = None
    cached: Callable | None = None
    output: str = "y"


def is_cached(name):
    """Whether an array or number of this name was found in a cache: "cache[0]", "_cache.0"."""
    return name.lstrip("_").startswith("cache")
