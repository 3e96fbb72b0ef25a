"""Mean squared error.

    prediction, target: any one shape of n entries   L: a scalar

    forward   (F1)  L = mean((prediction - target)^2)
    backward  (B1)  dprediction = ...
              (B2)  dtarget     = ...

Exercise 01a, lesson 01: Mean squared error, forward and backward.
Write mse_forward and mse_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 01a       tests this file
    minilora exercise hint 01a        one hint more, each time
"""

from minilora.ops.form import wanted


def mse_forward(prediction, target):
    """L, a 0-d array. The cache holds the difference."""
    # (F1)  L =
    raise NotImplementedError("01a: write mse_forward")


def mse_backward(dL, cache, needs=None):
    """The gradients dprediction, dtarget."""
    # (B1)  dprediction =
    # (B2)  dtarget =
    raise NotImplementedError("01a: write mse_backward")


def mse_inputs(rng, N=3, T=5):
    return {"prediction": rng.standard_normal((N, T)), "target": rng.standard_normal((N, T))}
