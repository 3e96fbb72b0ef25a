"""LoRA-GA: the adapter starts where its first step is the best low-rank approximation of the full gradient's.

Wang, Yu and Li 2024, arXiv 2407.05000.

    G: (out, in) = U S V^T, dL/dW of a first batch   A: (r, in)   B: (out, r)   c: a number above 0   eta: the rate of SGD
    gamma: how small a start is, of (S3)

    (S1)  A  =  c V_(1..r)^T
    (S2)  B  =  c U_(r+1..2r)
    (S3)  c  =  out^(1/4) / sqrt(gamma)        unless another is given

With c = 1 the first step changes s B A by -eta s^2 G_2r + O(eta^2), G_2r the best matrix of rank 2r: A meets the first r
directions of G, B the next r.
"""

import math

from minilora import lowrank


def lora_ga_start(G, r, c=None, gamma=16):
    """A (r, in) and B (out, r) from the gradient G (out, in), 2r <= min(out, in). c: None for the rule (S3). Signs are free."""
    U, _, Vt = lowrank.svd(G)
    if c is None:
        c = len(G) ** 0.25 / math.sqrt(gamma)           # (S3)
    A = c * Vt[:r]                                      # (S1)
    B = c * U[:, r : 2 * r]                             # (S2)
    return A, B
