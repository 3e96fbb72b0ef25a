"""What one token may move. The whole text moves, and delta is the length of all its tokens' moves together.

fails at: delta (attacks:M4)
cause: the length of the text forgotten
"""

import numpy as np


def text_distance(table, T, eps):
    return eps * float(np.sqrt((table * table).sum(axis=1)).mean())  # (M4)
