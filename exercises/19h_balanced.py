"""One Delta W, many factors: the gauge freedom of LoRA, and what gradient flow conserves because of it.

    A: (r, in)   B: (out, r)   Delta W = s B A   R: (r, r), invertible   lambda: B's learning rate over A's, LoRA+'s ratio

    (G1)  (B R) (R^-1 A)  =  B A                          the same Delta W in another gauge
    (G2)  M               =  B^T B - lambda A A^T         (r, r), constant in time under gradient flow
    (G3)  B A  =  ...

(G2): with G = dL/dW the flow is dA/dt = -s B^T G and dB/dt = -lambda s G A^T. So d(A A^T)/dt = -s (B^T G A^T + A G^T B), and
d(B^T B)/dt is lambda times the same, whatever the loss and s. Steps of a size h break it by O(h) over a given time; Adam and
weight decay break it altogether. LoRA begins at B = 0, M = -lambda A A^T, and so never comes to balance.

Exercise 19h, lesson 19: The gauge in which both factors share the work.
Write balanced. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 19h       tests this file
    minilora exercise hint 19h        one hint more, each time
"""

from minilora import backend
from minilora.lowrank.matrix import as_matrix


def balanced(A, B):
    """(A', B') of the same shapes and product in the gauge where both share the work: B'^T B' = A' A'^T = diag(sigma) (G3).

    B A (out, in) is not formed: the SVD is one of (r, r). Where B A has rank below r no R leads there, and the rest of A' and B'
    is zero: for B = 0, all of both. ValueError unless r is at most min(in, out).
    """
    # (G3)  B A =
    raise NotImplementedError("19h: write balanced")


def _factors(A, B):
    A, B = as_matrix(A, "A"), as_matrix(B, "B")
    if len(A) != B.shape[1]:
        raise ValueError(f"A (r, in) and B (out, r) must have the same r, got shapes {tuple(A.shape)} and {tuple(B.shape)}")
    return A, B
