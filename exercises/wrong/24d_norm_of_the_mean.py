"""The norm of the mean embedding. Embeddings point everywhere, and their mean is short.

fails at: delta (attacks:M4)
cause: mean before norm
"""

import math

import numpy as np


def text_distance(table, T, eps):
    return eps * math.sqrt(T) * float(np.linalg.norm(table.mean(axis=0)))  # (M4)
