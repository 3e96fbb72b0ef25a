"""One Delta W, many factors: the gauge freedom of LoRA, and what gradient flow conserves because of it.

    A: (r, in)   B: (out, r)   Delta W = s B A   R: (r, r), invertible   lambda: B's learning rate over A's, LoRA+'s ratio

    (G1)  (B R) (R^-1 A)  =  B A                          the same Delta W in another gauge
    (G2)  M               =  ...
    (G3)  B A  =  U diag(sigma) V^T,   B' = U diag(sqrt(sigma)),   A' = diag(sqrt(sigma)) V^T:   B'^T B' = A' A'^T = diag(sigma)

(G2): with G = dL/dW the flow is dA/dt = -s B^T G and dB/dt = -lambda s G A^T. So d(A A^T)/dt = -s (B^T G A^T + A G^T B), and
d(B^T B)/dt is lambda times the same, whatever the loss and s. Steps of a size h break it by O(h) over a given time; Adam and
weight decay break it altogether. LoRA begins at B = 0, M = -lambda A A^T, and so never comes to balance.

Exercise 19g, lesson 19: What gradient flow conserves.
Write balance. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 19g       tests this file
    minilora exercise hint 19g        one hint more, each time
"""

from minilora.lowrank.matrix import as_matrix


def balance(A, B, ratio=1.0):
    """M = B^T B - ratio A A^T, (r, r), symmetric: what gradient flow conserves with B's rate `ratio` times A's (G2)."""
    # (G2)  M =
    raise NotImplementedError("19g: write balance")


def _factors(A, B):
    A, B = as_matrix(A, "A"), as_matrix(B, "B")
    if len(A) != B.shape[1]:
        raise ValueError(f"A (r, in) and B (out, r) must have the same r, got shapes {tuple(A.shape)} and {tuple(B.shape)}")
    return A, B
