"""Truncation that minds more than the weights: which outputs matter to the loss, and which inputs really come.

    W: (m, n) = (out, in)   D, S: what the error W - W_r is weighed with, on the side of the outputs and of the inputs

    (W1)  min norm_F(D (W - W_r))  at  W_r = D^-1 (D W)_r = W V_r V_r^T,   V_r: the first right singular vectors of D W
    (W2)  min norm_F((W - W_r) S)  at  W_r = (W S)_r S^-1 = U_r U_r^T W,   U_r: the first left singular vectors of W S

By Eckart and Young the minimum is what the truncation cuts off: sqrt(sum over i > r  sigma_i^2) of D W or of W S. The forms on
the right need no inverse, so D and S may be singular. Three choices of weights:

    (W3)  D_ii = sqrt(sum over j  F_ij),  F_ij = mean of (dL / dW_ij)^2, the Fisher information of an entry
    (W4)  S S^T = G = X^T X, X: (N, in), so that norm_F(E S) = norm_F(X E^T), the error of the layer's outputs
    (W5)  S_jj = (mean of abs x_j)^alpha

(W3) FWSVD (Hsu et al. 2022, arXiv 2207.00112) stands for F weighing each entry, which has no closed form; to weigh the columns
instead, give W^T and F^T. (W4) SVD-LLM (Wang et al. 2024, arXiv 2403.07378) is exact for the inputs X. (W5) ASVD (Yuan et al.
2023, arXiv 2312.05821) is cheaper to collect, and takes no account of how inputs go together.

A weight whose square is below eps (of its dtype) times the largest square is raised to that. So what was never seen counts
almost nothing, yet not nothing: among equally good W_r one near to W is chosen, and at full rank W_r is W.
"""

import math

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_rank, check_same_shape
from minilora.lowrank.truncation import svd


def fisher_truncate(W, rank, fisher):
    """W_r (m, n) of this rank, in W's dtype, nearest to W with row i weighed by the Fisher information of its entries (W1, W3).

    fisher: (m, n), the mean squared gradient of each entry. ValueError if it is negative, zero throughout, or of another shape.
    """
    W, fisher = as_matrix(W), _checked_fisher(W, fisher)
    check_rank(rank, W)
    D = backend.get_array_module(W).sqrt(fisher.sum(axis=1))  # (W3)
    _, _, Vt = svd(_raised(D)[:, None] * W)
    V_r = Vt[:rank].T.astype(W.dtype)
    return W @ V_r @ V_r.T  # (W1)


def _checked_fisher(W, fisher):
    fisher = as_matrix(fisher, "fisher")
    check_same_shape(W, "W", fisher, "fisher")
    return _positive(fisher, "fisher")


def _positive(a, name):
    lowest, highest = backend.item(a.min()), backend.item(a.max())
    if not (lowest >= 0 and 0 < highest < math.inf):
        raise ValueError(f"{name} must be at least 0 and not zero throughout, got values from {lowest:.3g} to {highest:.3g}")
    return a


def _raised(weights):
    """The weights, each at least sqrt(eps) times the largest."""
    xp = backend.get_array_module(weights)
    return xp.maximum(weights, weights.max() * math.sqrt(backend.item(xp.finfo(weights.dtype).eps)))
