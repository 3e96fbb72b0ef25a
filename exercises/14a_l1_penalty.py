"""Penalties: what a weight costs, whatever the data say.

    W: any shape   P: (out, r)   Q: (r, in)   lam, gamma: the strength, >= 0   L: a scalar

    forward   (F1)  L1 = lam sum(|W|)
              (F2)  L2 = lam/2 sum(W^2)
              (F3)  orthogonality = gamma (sum((P^T P - I)^2) + sum((Q Q^T - I)^2))
    backward  (B1)  dW = ...
              (B2)  dW = ...
              (B3)  dP = ...
              (B4)  dQ = ...

Gradient descent on L2 shrinks W by the factor 1 - eta lam a step: with plain SGD this is weight decay, with Adam it is not.
Orthogonality is zero where P's columns and Q's rows are orthonormal, as the factors of an SVD are: AdaLoRA's penalty (Zhang et
al. 2023, arXiv 2303.10512).

Exercise 14a, lesson 14: What an entry costs, forward and backward.
Write l1_penalty_forward and l1_penalty_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 14a       tests this file
    minilora exercise hint 14a        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def l1_penalty_forward(W, lam):
    """lam sum(|W|), a 0-d array. The cache holds W and lam."""
    # (F1)  L1 =
    raise NotImplementedError("14a: write l1_penalty_forward")


def l1_penalty_backward(dL, cache, needs=None):
    """The gradient dW, taken as 0 at the kink W = 0."""
    # (B1)  dW =
    raise NotImplementedError("14a: write l1_penalty_backward")


def penalty_inputs(rng, n_out=3, n_in=5):
    return {"W": rng.standard_normal((n_out, n_in))}
