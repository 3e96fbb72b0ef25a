"""The singular values stand in the factors: the step would then have them three times over, sigma^2 too much.

fails at: A (lora_ga:S1), B (lora_ga:S2)
cause: singular values too many
"""

import math

from minilora.lowrank import svd


def lora_ga_start(G, r, c=None, gamma=16):
    if c is None:
        c = len(G) ** 0.25 / math.sqrt(gamma)           # (S3)
    U, sigma, Vt = svd(G)
    A = c * sigma[:r, None] * Vt[:r]                    # (S1)
    B = c * U[:, r : 2 * r] * sigma[r : 2 * r]          # (S2)
    return A, B
