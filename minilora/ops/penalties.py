"""L1 and L2 penalties: what a weight costs, whatever the data say.

    W: any shape   lam: the strength, >= 0   L: a scalar

    forward   (F1)  L1 = lam sum(|W|)
              (F2)  L2 = lam/2 sum(W^2)
    backward  (B1)  dW = dL lam sign(W)
              (B2)  dW = dL lam W

Gradient descent on L2 shrinks W by the factor 1 - eta lam a step: with plain SGD this is weight decay, with Adam it is not.
"""

from minilora.backend import get_array_module
from minilora.ops.form import register, wanted


def l1_penalty_forward(W, lam):
    """lam sum(|W|), a 0-d array. The cache holds W and lam."""
    return lam * abs(W).sum(), (W, lam)                 # (F1)


def l1_penalty_backward(dL, cache, needs=None):
    """The gradient dW, taken as 0 at the kink W = 0."""
    W, lam = cache
    return (dL * lam * get_array_module(W).sign(W) if wanted(needs, "W") else None,)    # (B1)


def l2_penalty_forward(W, lam):
    """lam/2 sum(W^2), a 0-d array. The cache holds W and lam."""
    return 0.5 * lam * (W * W).sum(), (W, lam)          # (F2)


def l2_penalty_backward(dL, cache, needs=None):
    """The gradient dW."""
    W, lam = cache
    return (dL * lam * W if wanted(needs, "W") else None,)      # (B2)


def penalty_inputs(rng, n_out=3, n_in=5):
    return {"W": rng.standard_normal((n_out, n_in))}


register("l1_penalty", l1_penalty_forward, l1_penalty_backward, penalty_inputs, lesson="14", lam=0.3)
register("l2_penalty", l2_penalty_forward, l2_penalty_backward, penalty_inputs, lesson="14", lam=0.3)
