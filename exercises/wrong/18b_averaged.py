"""The parts are averaged: halves of the factors give a quarter of the sum.

fails at: B A (combine:C1)
cause: averaged
"""

import numpy as np


def cat(A1, B1, A2, B2):
    return np.concatenate([A1, A2]) / 2, np.concatenate([B1, B2], axis=1) / 2       # (C1)
