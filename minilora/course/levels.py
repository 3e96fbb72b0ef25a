"""How far an answer got, in steps that a student can take one after the other.

    runs        the file loads and the functions return
    shape       every result has the shape of the library's
    forward     y is right                                         (of a plain function: what it returns is right)
    direction   every gradient points where the numeric one does: their cosine is 1
    scale       every gradient is as long as it should be
    exact       every entry of every gradient is right

A level counts if all below it do: a gradient in the right direction at the wrong scale lacks a constant factor, one of the right
length in a wrong direction lacks more.
"""

import math
from dataclasses import dataclass

import numpy as np

PAIR = ("runs", "shape", "forward", "direction", "scale", "exact")
FUNCTION = ("runs", "shape", "forward")
TOLERANCE = 1e-6  # of a cosine's distance from 1, and of a length


@dataclass(frozen=True)
class Level:
    """One step: whether it is reached, and what is missing if not (None: nobody has looked yet)."""

    name: str
    reached: bool
    missing: str | None = None

    def __str__(self):
        return f"  {self.name:<11}" + ("yes" if self.reached else f"no: {self.missing}" if self.missing else "-")


def ladder(names, failed=None, missing=""):
    """The Levels of these names: all reached up to `failed`, which lacks what `missing` says; None: all."""
    reached = names.index(failed) if failed else len(names)
    return tuple(Level(name, i < reached, missing if name == failed else None) for i, name in enumerate(names))


def gradient_ladder(gradients):
    """The Levels of a pair whose forward is right. gradients: {name: (got, expected, right)}, got None if its shape is wrong."""
    shapeless = [name for name, (got, _, _) in gradients.items() if got is None]
    if shapeless:
        return ladder(PAIR, "shape", ", ".join(shapeless))
    wrong = {name: compared(got, expected) for name, (got, expected, right) in gradients.items() if not right}
    turned = [f"{name} ({_direction(cosine)})" for name, (cosine, _) in wrong.items() if not abs(1 - cosine) < TOLERANCE]
    if turned:
        return ladder(PAIR, "direction", ", ".join(turned))
    stretched = [f"{name} ({ratio:.6g} times as long)" for name, (_, ratio) in wrong.items() if not abs(1 - ratio) < TOLERANCE]
    if stretched:
        return ladder(PAIR, "scale", ", ".join(stretched))
    return ladder(PAIR, "exact" if wrong else None, ", ".join(wrong))


def _direction(cosine):
    return "zero, or no number" if math.isnan(cosine) else f"cosine {cosine:.4f}"


def compared(got, expected):
    """(cosine between the two, length of got over that of expected): NaN or infinite where there is nothing to divide by."""
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(got), np.linalg.norm(expected)
        cosine = float(np.vdot(got, expected) / (lengths[0] * lengths[1])) if all(lengths) else math.nan
        return cosine, float(np.divide(*lengths))
