"""Article C's own network, 10-128-1, on two classes that a small move can confuse.

    x: (n, 10)   z = W2 relu(W1 x + b1) + b2   p = sigmoid(z), probability of class 1   q: that of the right class, p or 1 - p

    as described  (S1)  L = ...
    ones                the same with q = p in every example: ones whatever the class
    FGM                 C1 of adversarial with S1 at eps = 0 and delta = .5

The article has no classes, only ones; the second is that to the letter, and learns to answer 1. S1 is the reading in its favour:
ones say that the right class is right. Sigmoid and binary cross-entropy of z are softmax and cross-entropy of (0, z).

The classes, y = -1 or 1: x_1 = y + .5 noise, which a move of delta = .5 seldom turns over; and x_2 .. x_10 = .1 y + .1 noise,
which together tell the classes better, and which such a move does turn over.

Exercise 25a, lesson 25: What article C's network is trained with.
Write shifted_loss. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 25a       tests this file
    minilora exercise hint 25a        one hint more, each time
"""

import numpy as np
from scipy.special import expit


def shifted_loss(z, y, eps):
    """L, a Python float. z: (n,), the network's outputs before the sigmoid. y: (n,), classes 0 or 1. eps: the shift."""
    # (S1)  L =
    raise NotImplementedError("25a: write shifted_loss")
