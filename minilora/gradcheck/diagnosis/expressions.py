"""The numbers that a wrong factor may be made of, and the simplest expression of them that gives it."""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from minilora.gradcheck.context import is_cached

MOST_NUMBERS = 30  # more are data
EXACT = 3e-7  # relative difference at which a factor is taken for an expression's value


@dataclass(frozen=True)
class Match:
    """An expression that equals a factor. kind: "size", "sqrt" (of a size), "number", "other", or "odd"; parts: its names."""

    text: str
    kind: str
    parts: tuple[str, ...] = ()


def equal(u, v):
    """Whether two numbers are the same but for the numeric gradient's error."""
    return abs(u - v) <= EXACT * max(abs(u), abs(v))


def sizes(context, name=None):
    """{name: size}: those of `dims`, then every other size above 1 of the input's, the output's and the other arrays' axes.

    An axis without a name is called by its array, "x.shape[0]". Counts come last: how many entries of a mask are True, how many
    ids are not negative.
    """
    found = {label: size for label, size in context.dims.items() if size > 1}
    order = sorted(context.arrays, key=lambda key: (is_cached(key), key != name, key != context.output))
    for key in order:
        for i, size in enumerate(context.arrays[key].shape):
            if size > 1 and size not in found.values():
                found[f"{key}.shape[{i}]"] = size
    return found | counts(context)


def counts(context):
    """{name: how many entries of a mask are True, or how many ids are not negative}, where that is more than 1."""
    counts = {}
    for key, array in context.arrays.items():
        if array.dtype.kind == "b":
            counts[f"sum({key})"] = int(array.sum())
        elif array.dtype.kind == "i" and array.size and array.min() < 0:
            counts[f"count({key} >= 0)"] = int((array >= 0).sum())
    return {key: count for key, count in counts.items() if count > 1}


def products(context, name=None):
    """(value, text) of every size, and of every product of the sizes of neighbouring axes of an array: N, T, NT, NTC."""
    named = sizes(context, name)
    label = {size: text for text, size in reversed(named.items())}
    found = {size: text for text, size in reversed(named.items())}
    for key, array in context.arrays.items():
        if is_cached(key):
            continue
        axes = [size for size in array.shape if size > 1]
        for start, stop in combinations(range(len(axes) + 1), 2):
            part = axes[start:stop]
            found.setdefault(int(np.prod(part)), " ".join(label[size] for size in part))
    return sorted(found.items(), key=lambda item: (item[1].count(" "), item[0]))


def match(c, context, name=None):
    """Every Match of a positive factor c, simplest first."""
    found = []

    def try_(value, text, kind, *parts):
        if np.isfinite(value) and value and equal(c, value):
            found.append(Match(text, kind, parts))

    whole = products(context, name)
    order = sorted(context.numbers.items(), key=lambda item: item[0].startswith("cache"))
    numbers = {key: float(v) for key, v in order[:MOST_NUMBERS] if np.isfinite(v) and v and abs(v) != 1}
    named = list(sizes(context, name).items())
    for value, text in whole:
        try_(value, text, "size", text)
    for text, value in named:
        try_(value**0.5, f"sqrt({text})", "sqrt", text)
    for key, v in numbers.items():
        for value, text in (
            (v, key), (1 / v, f"1/{key}"), (1 - v, f"1-{key}"), (1 / (1 - v), f"1/(1-{key})"),
            (1 / (v * (1 - v)), f"1/({key} (1-{key}))"), (v * v, f"{key}^2"),
            (1 / v**2, f"1/{key}^2"), ((1 - v) ** 2, f"(1-{key})^2"),
        ):  # fmt: skip
            try_(value, text, "number", key)
        for other, w in [*numbers.items(), *named]:
            if other != key:
                try_(v / w, f"{key}/{other}", "number", key, other)
                try_(w / v, f"{other}/{key}", "number", key, other)
    for n in (2, 0.5):
        try_(n, "2" if n == 2 else "1/2", "other")
    for value, text in whole:
        brackets = f"({text})" if " " in text else text
        try_(1 / value, f"1/{brackets}", "other", text)
    for text, value in named:
        try_(value**-0.5, f"1/sqrt({text})", "other", text)
    for up, down in product(range(1, 6), repeat=2):
        try_(up / down, f"{up}/{down}" if down > 1 else f"{up}", "other")
    for text, value in named:
        try_(value**2, f"{text}^2", "other", text)
        for up, value_up in named:
            if up != text:
                try_(value_up / value, f"{up}/{text}", "odd", up, text)
        for n in (2, 0.5):
            try_(n * value, f"{n:g} {text}", "odd", text)
            try_(n / value, f"{n:g}/{text}", "odd", text)
    for value, text in whole:
        for other, count in counts(context).items():
            try_(count / value, f"{other}/({text})", "other", other, text)
        for key, v in numbers.items():
            try_(v * value, f"{key} {text}", "other", key, text)
    return found
