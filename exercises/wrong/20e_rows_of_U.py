"""B is made of rows of U. The left singular vectors are its columns.

fails at: B (lora_ga:S2)
cause: rows for columns
"""

import math

import numpy as np


def lora_ga_start(G, r, c=None, gamma=16):
    if c is None:
        c = len(G) ** 0.25 / math.sqrt(gamma)           # (S3)
    U, _, Vt = np.linalg.svd(G)
    A = c * Vt[:r]                                      # (S1)
    B = c * U[r : 2 * r].T                              # (S2)
    return A, B
