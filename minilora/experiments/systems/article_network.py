"""Article C's own network, 10-128-1, on two classes that a small move can confuse.

    x: (n, 10)   z = W2 relu(W1 x + b1) + b2   p = sigmoid(z), probability of class 1   q: that of the right class, p or 1 - p

    as described  (S1)  L = -mean log(min(q + eps, 1)): the shifted output, eps = .1, in binary cross-entropy against ones
    ones                the same with q = p in every example: ones whatever the class
    FGM                 C1 of adversarial with S1 at eps = 0 and delta = .5

The article has no classes, only ones; the second is that to the letter, and learns to answer 1. S1 is the reading in its favour:
ones say that the right class is right. Sigmoid and binary cross-entropy of z are softmax and cross-entropy of (0, z).

The classes, y = -1 or 1: x_1 = y + .5 noise, which a move of delta = .5 seldom turns over; and x_2 .. x_10 = .1 y + .1 noise,
which together tell the classes better, and which such a move does turn over.
"""

import numpy as np
from scipy.special import expit

from minilora.experiments.systems.attacks import along, input_gradient
from minilora.experiments.systems.study import Study
from minilora.nn.layer import Layer
from minilora.nn.linear import Linear
from minilora.ops.relu import relu_backward, relu_forward
from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_backward, shifted_cross_entropy_forward
from minilora.ops.softmax import softmax_forward
from minilora.training import AdamW

EPS = 0.1
DELTA = 0.5
SIZES = {"n_in": 10, "hidden": 128}
EXAMPLES = 1000
STEPS = 200
RATE = 0.01
SHIFTS = {"clean": 0.0, "described": EPS, "ones": EPS, "fgm": 0.0}


def shifted_loss(z, y, eps):
    """L, a Python float. z: (n,), the network's outputs before the sigmoid. y: (n,), classes 0 or 1. eps: the shift."""
    q = expit(np.where(y == 1, z, -z))
    return float(-np.log(np.minimum(q + eps, 1)).mean())  # (S1)


class Network(Layer):
    """The article's network. shift: what is added to the probability of the right class, 0 or the article's eps."""

    def __init__(self, shift, rng):
        n_in, hidden = SIZES["n_in"], SIZES["hidden"]
        self.up = Linear(rng.standard_normal((hidden, n_in)) / n_in**0.5, np.zeros(hidden))
        self.down = Linear(rng.standard_normal((1, hidden)) / hidden**0.5, np.zeros(1))
        self.shift = shift
        self.name_parameters()

    def forward(self, x):
        """(0, z), the logits of the two classes: (n, 2)."""
        h, self._relu = relu_forward(self.up.forward(x))
        z = self.down.forward(h)
        return np.concatenate([0 * z, z], axis=1)

    def loss(self, x, targets):
        """Mean binary cross-entropy of the shifted output, a Python float. targets: (n,), 0 or 1."""
        L, self._cache = shifted_cross_entropy_forward(self.forward(x), targets, self.shift)  # (S1)
        return float(L)

    def backward(self):
        """Add the gradients; returns dx."""
        (dlogits,) = shifted_cross_entropy_backward(1.0, self.take_cache())
        dh = self.down.backward(dlogits[:, 1:])
        return self.up.backward(*relu_backward(dh, self._relu))


def shift(folder, seed, case, quick):
    """Training one way, then accuracy on new examples, as they are and moved; and what the shift has to do with the gradient."""
    rng = np.random.default_rng(seed)
    x, y = examples(rng)
    network = Network(SHIFTS[case], rng)
    targets = np.ones_like(y) if case == "ones" else y
    optimizer = AdamW(network.parameters(), lr=RATE)
    for _ in range(STEPS):
        network.zero_grad()
        network.loss(x, targets)
        g = network.backward()
        if case == "fgm":
            network.loss(x + along(g, DELTA), targets)
            network.backward()
        optimizer.step()
    q = softmax_forward(network.forward(x))[0][np.arange(len(y)), targets]
    _, g, _ = input_gradient(network, x, targets)
    there, opposite = shifts(case, q, g), shifts(case, q, -g)
    x, y = examples(rng)
    network.shift = 0.0  # the attack is on plain cross-entropy, whatever the network was trained with
    moved = x + along(input_gradient(network, x, y)[1], DELTA)
    return {
        "accuracy": accuracy(network, x, y),
        "robust_accuracy": accuracy(network, moved, y),
        "shift_follows_gradient": float((there != opposite).any(axis=1).mean()),
        "dead_share": float((q + SHIFTS[case] > 1).mean()),
    }


def examples(rng):
    """x (EXAMPLES, 10) and the classes, 0 or 1."""
    y = rng.integers(0, 2, EXAMPLES)
    mean, noise = np.full(SIZES["n_in"], 0.1), np.full(SIZES["n_in"], 0.1)
    mean[0], noise[0] = 1.0, 0.5
    return (2 * y - 1)[:, None] * mean + noise * rng.standard_normal((EXAMPLES, SIZES["n_in"])), y


def shifts(case, q, g):
    """What a way of training adds in each example, to its output, (n, 1), or to x, (n, 10). g: the gradient of x."""
    if case == "fgm":
        return along(g, DELTA)
    return (np.minimum(q + SHIFTS[case], 1) - q)[:, None]


def accuracy(network, x, y):
    """The share of examples in which the right class has the larger logit."""
    return float((network.forward(x).argmax(axis=1) == y).mean())


CONTESTANTS = ()
STUDIES = (
    Study("shift", f"The article's network, 10-128-1; inputs moved by {DELTA:g}", "C", shift, tuple(SHIFTS)),
)  # fmt: skip
