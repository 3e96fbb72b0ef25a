"""T tokens are counted as T lengths in a row. Their squares add up, so that the length grows as the root of T.

fails at: delta (attacks:M4)
cause: no root
"""

import numpy as np


def text_distance(table, T, eps):
    return eps * T * float(np.sqrt((table * table).sum(axis=1)).mean())  # (M4)
