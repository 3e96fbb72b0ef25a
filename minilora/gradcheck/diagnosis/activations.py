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
    "relu'": lambda z: (z > 0).astype(np.float64),
    "tanh'": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid'": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "silu'": lambda z: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))),
    "gelu'": lambda z: _Phi(z) + z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi),
    "gelu_tanh'": _gelu_tanh,
    "softplus'": _sigmoid,
    "softsign'": lambda z: 1 / (1 + np.abs(z)) ** 2,
    "sin'": np.cos,
    "by tanh's value, tanh'": lambda h: 1 - h * h,
    "by sigmoid's value, sigmoid'": lambda h: h * (1 - h),
}
HALVES = {
    "silu's gate": ("silu'", _sigmoid),
    "gelu's gate": ("gelu'", _Phi),
    "gelu_tanh's gate": ("gelu_tanh'", _gate),
    "softsign's denominator": ("softsign'", lambda z: 1 / (1 + np.abs(z))),
}
PRODUCTS = ("silu'", "gelu'", "gelu_tanh'")  # those of two terms


def slopes(name, z):
    """(name, array) of each derivative, and of each half of one, at the array z."""
    with np.errstate(all="ignore"):
        yield from ((f"{activation}({name})", slope(z)) for activation, slope in SLOPES.items())
        yield from ((f"{half}({name})", gate(z)) for half, (_, gate) in HALVES.items())


def is_half(got, due):
    """Whether one factor's name is the first half of the other's: the product rule stopped halfway."""
    half, _, z = got.partition("(")
    whole = HALVES.get(half, ("",))[0]
    return whole in PRODUCTS and due == f"{whole}({z}"
