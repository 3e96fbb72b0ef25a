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

Exercise 21b, lesson 21: The penalty that keeps directions orthonormal.
Write orthogonality_forward and orthogonality_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21b       tests this file
    minilora exercise hint 21b        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def orthogonality_forward(P, Q, gamma):
    """gamma (sum((P^T P - I)^2) + sum((Q Q^T - I)^2)), a 0-d array. The cache holds P, Q, P^T P - I, Q Q^T - I and gamma."""
    # (F3)  orthogonality =
    raise NotImplementedError("21b: write orthogonality_forward")


def orthogonality_backward(dL, cache, needs=None):
    """The gradients dP and dQ. The 4: 2 for the square, and 2 for the factor that stands twice in its own product."""
    # (B3)  dP =
    # (B4)  dQ =
    raise NotImplementedError("21b: write orthogonality_backward")


def orthogonality_inputs(rng, n_in=7, n_out=5, r=3):
    return {"P": rng.standard_normal((n_out, r)), "Q": rng.standard_normal((r, n_in))}
