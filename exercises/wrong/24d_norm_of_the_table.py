"""The norm of the whole table, and not the mean of its rows' norms: it grows with the vocabulary.

fails at: delta (attacks:M4)
cause: norm of all rows together
"""

import math

import numpy as np


def text_distance(table, T, eps):
    return eps * math.sqrt(T) * float(np.linalg.norm(table))  # (M4)
