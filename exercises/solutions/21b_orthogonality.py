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

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def orthogonality_forward(P, Q, gamma):
    """gamma (sum((P^T P - I)^2) + sum((Q Q^T - I)^2)), a 0-d array. The cache holds P, Q, P^T P - I, Q Q^T - I and gamma."""
    identity = get_array_module(P).eye(len(Q), dtype=P.dtype)
    excess_P, excess_Q = P.T @ P - identity, Q @ Q.T - identity     # (F3)
    L = gamma * ((excess_P * excess_P).sum() + (excess_Q * excess_Q).sum())     # (F3)
    return L, (P, Q, excess_P, excess_Q, gamma)


def orthogonality_backward(dL, cache, needs=None):
    """The gradients dP and dQ. The 4: 2 for the square, and 2 for the factor that stands twice in its own product."""
    P, Q, excess_P, excess_Q, gamma = cache
    dP = dL * 4 * gamma * (P @ excess_P) if wanted(needs, "P") else None    # (B3)
    dQ = dL * 4 * gamma * (excess_Q @ Q) if wanted(needs, "Q") else None    # (B4)
    return dP, dQ


def orthogonality_inputs(rng, n_in=7, n_out=5, r=3):
    return {"P": rng.standard_normal((n_out, r)), "Q": rng.standard_normal((r, n_in))}
