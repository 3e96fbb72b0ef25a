"""PiSSA: the adapter starts as the largest part of W, and W keeps the rest (Meng et al. 2024, arXiv 2404.02948, section 3).

    W: (out, in) = U S V^T   A: (r, in)   B: (out, r)   s: the LoRA scale, above 0

    (S1)  A  =  sqrt(S_r / s) V_r^T
    (S2)  B  =  U_r sqrt(S_r / s),   so that s B A is the best matrix of rank r, and W - s B A has the norm of the tail
"""

import math

from minilora import lowrank


def pissa_start(W, r, s=1.0):
    """A (r, in) and B (out, r) with s B A = the first r singular triplets of W (out, in); roots of their sizes in both."""
    A, B = lowrank.factors(W, r)                        # sqrt(S_r) V_r^T and U_r sqrt(S_r)
    A = A / math.sqrt(s)                                # (S1)
    B = B / math.sqrt(s)                                # (S2)
    return A, B
