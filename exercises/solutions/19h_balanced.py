"""One Delta W, many factors: the gauge freedom of LoRA, and what gradient flow conserves because of it.

    A: (r, in)   B: (out, r)   Delta W = s B A   R: (r, r), invertible   lambda: B's learning rate over A's, LoRA+'s ratio

    (G1)  (B R) (R^-1 A)  =  B A                          the same Delta W in another gauge
    (G2)  M               =  B^T B - lambda A A^T         (r, r), constant in time under gradient flow
    (G3)  B A  =  U diag(sigma) V^T,   B' = U diag(sqrt(sigma)),   A' = diag(sqrt(sigma)) V^T:   B'^T B' = A' A'^T = diag(sigma)

(G2): with G = dL/dW the flow is dA/dt = -s B^T G and dB/dt = -lambda s G A^T. So d(A A^T)/dt = -s (B^T G A^T + A G^T B), and
d(B^T B)/dt is lambda times the same, whatever the loss and s. Steps of a size h break it by O(h) over a given time; Adam and
weight decay break it altogether. LoRA begins at B = 0, M = -lambda A A^T, and so never comes to balance.
"""

from minilora import backend
from minilora.lowrank.matrix import as_matrix


def balanced(A, B):
    """(A', B') of the same shapes and product in the gauge where both share the work: B'^T B' = A' A'^T = diag(sigma) (G3).

    B A (out, in) is not formed: the SVD is one of (r, r). Where B A has rank below r no R leads there, and the rest of A' and B'
    is zero: for B = 0, all of both. ValueError unless r is at most min(in, out).
    """
    A, B = _factors(A, B)
    r, limit = len(A), min(A.shape[1], len(B))
    if r > limit:
        raise ValueError(f"r must be at most min(in, out)={limit}, got {r}")
    xp = backend.get_array_module(A)
    Q_A, R_A = xp.linalg.qr(A.T)
    Q_B, R_B = xp.linalg.qr(B)
    U, sigma, Vt = xp.linalg.svd(R_B @ R_A.T)  # B A = Q_B (R_B R_A^T) Q_A^T
    root = xp.sqrt(sigma)
    return root[:, None] * (Vt @ Q_A.T), (Q_B @ U) * root  # (G3)


def _factors(A, B):
    A, B = as_matrix(A, "A"), as_matrix(B, "B")
    if len(A) != B.shape[1]:
        raise ValueError(f"A (r, in) and B (out, r) must have the same r, got shapes {tuple(A.shape)} and {tuple(B.shape)}")
    return A, B
