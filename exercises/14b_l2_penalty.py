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

Exercise 14b, lesson 14: What a square costs, forward and backward.
Write l2_penalty_forward and l2_penalty_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 14b       tests this file
    minilora exercise hint 14b        one hint more, each time
"""

from minilora.ops.form import wanted


def l2_penalty_forward(W, lam):
    """lam/2 sum(W^2), a 0-d array. The cache holds W and lam."""
    # (F2)  L2 =
    raise NotImplementedError("14b: write l2_penalty_forward")


def l2_penalty_backward(dL, cache, needs=None):
    """The gradient dW."""
    # (B2)  dW =
    raise NotImplementedError("14b: write l2_penalty_backward")


def penalty_inputs(rng, n_out=3, n_in=5):
    return {"W": rng.standard_normal((n_out, n_in))}
