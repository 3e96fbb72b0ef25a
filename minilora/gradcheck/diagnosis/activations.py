"""The derivatives of the usual activations at an array at hand: what a factor on the way down may be.

Where an activation is a product, z times a gate, its derivative has two terms; HALVES holds the first, which is what is left when
the gate is taken for a constant.
"""

import math

import numpy as np

C_TANH, A_TANH = math.sqrt(2 / math.pi), 0.044715  # the tanh form of GELU


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def _Phi(z):
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(z / math.sqrt(2)))


def _gate(z):
    return 0.5 * (1 + np.tanh(C_TANH * (z + A_TANH * z * z * z)))


def _gelu_tanh(z):
    gate = _gate(z)
    return gate + 2 * z * gate * (1 - gate) * C_TANH * (1 + 3 * A_TANH * z * z)


SLOPES = {
    "relu'({0})": lambda z: (z > 0).astype(np.float64),
    "tanh'({0})": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid'({0})": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "silu'({0})": lambda z: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))),
    "gelu'({0})": lambda z: _Phi(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi),
    "gelu_tanh'({0})": _gelu_tanh,
    "softplus'({0})": _sigmoid,
    "softsign'({0})": lambda z: 1 / (1 + np.abs(z)) ** 2,
    "sin'({0})": np.cos,
    "(1 - {0}^2)": lambda h: 1 - h * h,
    "{0} (1 - {0})": lambda h: h * (1 - h),
}
HALVES = {  # the first half: the whole
    "silu's gate({0})": ("silu'({0})", _sigmoid),
    "gelu's gate({0})": ("gelu'({0})", _Phi),
    "gelu_tanh's gate({0})": ("gelu_tanh'({0})", _gate),
}


def slopes(name, z):
    """(name, array) of each derivative, and of each half of one, at the array z."""
    with np.errstate(all="ignore"):
        yield from ((words.format(name), slope(z)) for words, slope in SLOPES.items())
        yield from ((words.format(name), gate(z)) for words, (_, gate) in HALVES.items())


def is_half(got, due):
    """Whether one factor's name is the first half of the other's: the product rule stopped halfway."""
    return any(_same_form(got, half, due, whole) for half, (whole, _) in HALVES.items())


def _same_form(got, half, due, whole):
    opening = half.partition("{0}")[0]
    return got.startswith(opening) and due == whole.format(got.removeprefix(opening).removesuffix(")"))
