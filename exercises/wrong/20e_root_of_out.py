"""The square root of out stands in each factor. It belongs to the product of the two, so each has the fourth root.

fails at: A (lora_ga:S1), B (lora_ga:S2)
cause: a root too few
"""

import math

from minilora.lowrank import svd


def lora_ga_start(G, r, c=None, gamma=16):
    U, _, Vt = svd(G)
    if c is None:
        c = math.sqrt(len(G) / gamma)                   # (S3)
    A = c * Vt[:r]                                      # (S1)
    B = c * U[:, r : 2 * r]                             # (S2)
    return A, B
