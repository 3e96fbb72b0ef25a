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
from minilora.lowrank.matrix import as_matrix, check_rank
from minilora.lowrank.truncation import svd


def activation_truncate(W, rank, gram):
    """W_r (m, n) of this rank, in W's dtype, whose outputs X W_r^T are nearest to X W^T (W2, W4).

    gram: (n, n) = X^T X, of any number of rows of X, or their mean. It may be singular. ValueError if it is not symmetric, is
    not positive semidefinite, is zero, or has not W's n.
    """
    W = as_matrix(W)
    check_rank(rank, W)
    xp, gram = backend.get_array_module(W), _checked_gram(W, gram)
    values, Q = xp.linalg.eigh(gram)
    lowest, highest = backend.item(values[0]), backend.item(values[-1])
    if highest <= 0 or lowest < -1e-5 * highest:
        raise ValueError(f"gram must be X^T X with X not zero, got eigenvalues from {lowest:.3g} to {highest:.3g}")
    S = Q * _raised(xp.sqrt(xp.maximum(values, 0)))  # (W4): G = Q diag(values) Q^T
    U, _, _ = svd(W @ S)
    U_r = U[:, :rank].astype(W.dtype)
    return U_r @ (U_r.T @ W)  # (W2)


def _checked_gram(W, gram):
    gram, n = as_matrix(gram, "gram"), W.shape[1]
    if gram.shape != (n, n):
        raise ValueError(f"gram must have shape {(n, n)}, inputs by inputs, got {tuple(gram.shape)}; it is X^T X, not X")
    if backend.item(abs(gram - gram.T).max()) > 1e-5 * backend.item(abs(gram).max()):
        raise ValueError("gram must be symmetric, got a matrix that is not; it is X^T X")
    return gram


def _raised(weights):
    """The weights, each at least sqrt(eps) times the largest."""
    xp = backend.get_array_module(weights)
    return xp.maximum(weights, weights.max() * math.sqrt(backend.item(xp.finfo(weights.dtype).eps)))
