"""The size comes from the number of inputs. It is the number of outputs that counts.

fails at: A (lora_ga:S1), B (lora_ga:S2)
cause: the other side
"""

import math

from minilora.lowrank import svd


def lora_ga_start(G, r, c=None, gamma=16):
    U, _, Vt = svd(G)
    if c is None:
        c = G.shape[1] ** 0.25 / math.sqrt(gamma)        # (S3)
    A = c * Vt[:r]                                      # (S1)
    B = c * U[:, r : 2 * r]                             # (S2)
    return A, B
