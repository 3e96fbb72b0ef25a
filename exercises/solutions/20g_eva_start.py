"""EVA: A starts at the directions along which the layer's inputs are largest (Paischer et al. 2024, arXiv 2410.07170).

    X: (rows, in) = U S V^T, the layer's inputs in a first batch   A: (r, in)   B = 0

    (S1)  A  =  V_r^T,   which maximises norm_F(X A^T) among all A with orthonormal rows
"""

from minilora import lowrank


def eva_start(X, r):
    """A (r, in) from the inputs X (rows, in), with at least r rows. The signs of its rows are free."""
    _, _, Vt = lowrank.svd(X)
    A = Vt[:r].copy()                                   # (S1)
    return A
