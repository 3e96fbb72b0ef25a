"""Penalties: what a weight costs, whatever the data say.

    W: any shape   P: (out, r)   Q: (r, in)   lam, gamma: the strength, >= 0   L: a scalar

    forward   (F1)  L1 = lam sum(|W|)
              (F2)  L2 = lam/2 sum(W^2)
              (F3)  orthogonality = gamma (sum((P^T P - I)^2) + sum((Q Q^T - I)^2))
    backward  (B1)  dW = dL lam sign(W)
              (B2)  dW = dL lam W
              (B3)  dP = dL 4 gamma P (P^T P - I)
              (B4)  dQ = dL 4 gamma (Q Q^T - I) Q

Gradient descent on L2 shrinks W by the factor 1 - eta lam a step: with plain SGD this is weight decay, with Adam it is not.
Orthogonality is zero where P's columns and Q's rows are orthonormal, as the factors of an SVD are: AdaLoRA's penalty (Zhang et
al. 2023, arXiv 2303.10512).
"""

from minilora.ops.form import wanted


def l2_penalty_forward(W, lam):
    """lam/2 sum(W^2), a 0-d array. The cache holds W and lam."""
    return 0.5 * lam * (W * W).sum(), (W, lam)          # (F2)


def l2_penalty_backward(dL, cache, needs=None):
    """The gradient dW."""
    W, lam = cache
    return (dL * lam * W if wanted(needs, "W") else None,)      # (B2)


def penalty_inputs(rng, n_out=3, n_in=5):
    return {"W": rng.standard_normal((n_out, n_in))}
