"""B takes the last r of the left singular vectors, where the gradient is smallest, and not the next r.

fails at: B (lora_ga:S2)
cause: the wrong end
"""

import math

from minilora.lowrank import svd


def lora_ga_start(G, r, c=None, gamma=16):
    if c is None:
        c = len(G) ** 0.25 / math.sqrt(gamma)           # (S3)
    U, _, Vt = svd(G)
    A = c * Vt[:r]                                      # (S1)
    B = c * U[:, -r:]                                   # (S2)
    return A, B
