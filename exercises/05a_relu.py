"""ReLU.

    x, y, dy: any shape

    forward   (F1)  y  = max(x, 0)
    backward  (B1)  dx = ...

Exercise 05a, lesson 05: ReLU, forward and backward.
Write relu_forward and relu_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 05a       tests this file
    minilora exercise hint 05a        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def relu_forward(x):
    """y = max(x, 0). The cache holds the mask x > 0. At the kink x = 0 the derivative is taken as 0."""
    # (F1)  y =
    raise NotImplementedError("05a: write relu_forward")


def relu_backward(dy, cache, needs=None):
    """The gradient dx."""
    # (B1)  dx =
    raise NotImplementedError("05a: write relu_backward")


def relu_inputs(rng, N=3, T=5, C=7):
    return {"x": rng.standard_normal((N, T, C))}
